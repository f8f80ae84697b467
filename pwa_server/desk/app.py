"""The desk as a Flask app: server-rendered pages, complete without JavaScript. Wires, nothing else."""

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from pwa_server.program_files import ROOT

from .accounts.once_mark import OnceMark, forget_old_marks
from .accounts.page_state import PAGE_TABLES, forget_old
from .core.clock import Clock, wall_clock
from .core.desk import Desk
from .open_desk import open_desk
from .pages.cases import (
    assignments,
    closing,
    conferences,
    consents,
    emergency_access,
    household,
    matching,
    monitoring,
    new_contact,
    participation,
    plan,
    readers,
)
from .pages.cases import (
    case as cases,
)
from .pages.layout import drafts, guards, once, page, refused_forms, security_doors
from .pages.layout import session as sign_in
from .pages.layout.autocomplete_off import QuietForms
from .pages.layout.undefined import Missing
from .pages.office import (
    access_log,
    account_notices,
    checklists,
    held,
    imports,
    incidents,
    leaving,
    meanwhile,
    organisations,
    people,
    person,
    phones,
    security,
    settings,
    transfers,
)
from .pages.office import sign_in as gate
from .pages.visits import annotations, case_papers, contacts, disclosure, review
from .pages.visits import print as papers
from .pages.work import (
    accompanying,
    consultations,
    cover,
    followups,
    handovers,
    issues,
    learnings,
    meetings,
    notices,
    opportunities,
    referrals,
    requests,
    resources,
    search,
    section,
    statistics,
    taking_part,
    today,
    triage,
    years,
)

if TYPE_CHECKING:
    from pwa_server.config import Config

BLUEPRINTS = (
    gate,
    today,
    section,
    referrals,
    consultations,
    triage,
    cover,
    review,
    annotations,
    cases,
    new_contact,
    household,
    consents,
    papers,
    search,
    assignments,
    emergency_access,
    followups,
    people,
    person,
    organisations,
    transfers,
    phones,
    incidents,
    readers,
    held,
    imports,
    leaving,
    checklists,
    contacts,
    case_papers,
    disclosure,
    conferences,
    meetings,
    notices,
    opportunities,
    resources,
    issues,
    learnings,
    participation,
    matching,
    taking_part,
    plan,
    monitoring,
    closing,
    accompanying,
    handovers,
    access_log,
    account_notices,
    security,
    years,
    requests,
    statistics,
    settings,
    drafts,
)
LONGEST_FORM = 6 * 1024 * 1024  # a paper of a case


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all apps of a process, by their content."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.known.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = (bucket.checksum, bucket.code)


COMPILED = CompiledTemplates()


def create_desk(config: "Config", desk: Desk | None = None, clock: Clock = wall_clock) -> Flask:
    """The desk's app over its encrypted database. `desk` and `clock` are given by tests and by `serve`.

    Raises DeskError when the desk cannot be opened (`database.open_desk`).
    """
    desk = desk or open_desk(config, clock)
    tables = (*PAGE_TABLES, OnceMark)
    desk.db.bind(tables, bind_refs=False, bind_backrefs=False)
    desk.db.create_tables(tables)
    forget_old_marks(desk)
    desk.db.execute_sql("drop table if exists keptform")  # of before forms belonged to a session
    forget_old(desk.clock())
    app = Flask(
        "sotto.desk",
        root_path=str(ROOT),
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
    )
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_FORM, MAX_FORM_PARTS=500, TRAP_HTTP_EXCEPTIONS=False)
    app.extensions["desk"] = desk
    app.jinja_env.undefined = Missing
    app.jinja_env.bytecode_cache = COMPILED
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["account_notices"] = account_notices.account_notices
    app.jinja_env.add_extension(QuietForms)
    page.install(app)  # first: a form that is refused is told so in the person's language
    guards.install(app, secure=config.desk_address.startswith("https://"), hsts=config.hsts)
    sign_in.install(app)
    security_doors.install(app, desk)
    drafts.install(app)
    refused_forms.install(app)
    once.install(app)
    meanwhile.install(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.pages)

    return app


@cache
def asset(name: str) -> str:
    """The address of a static file with the hash of its content, so that it may be kept for ever."""
    digest = hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
