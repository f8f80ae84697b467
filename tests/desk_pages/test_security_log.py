"""The security log: every act of the desk leaves a line, chained, without content, handed to a collector."""

import ast
import io
import json
import logging
import re
import socket
import stat
import time
from datetime import date
from pathlib import Path

import pytest

from pwa_server import fault_lines, texts
from pwa_server.config import BadSetting, Config
from pwa_server.desk.actions.act import act as write_event
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.log import security_log
from pwa_server.desk.log.security_log import ACTS, security_event
from pwa_server.desk.models.office_and_cases import AccessView, LogEntry, Staff
from pwa_server.desk.models.system import SecurityLine
from pwa_server.desk.pages.layout import security_doors
from pwa_server.desk.pages.layout.security_doors import DOORS, ORDINARY
from pwa_server.desk.queries import access_log_head, log_checks
from pwa_server.desk.queries.access import ROLES, sees_all
from sync.let_in import second_slot
from tests.desk.test_letting_in import LockedPhone
from tests.desk_pages.conftest import PASSWORD, SAME_ORIGIN
from tests.desk_pages.test_every_door import come_as, ids_here  # noqa: F401

CANARY = "カナリア七四一"
ROOT = security_log.__file__.rpartition("/pwa_server/")[0]
FROM = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def at_desk(signs_in):
    return signs_in


def newest(what=None):
    query = SecurityLine.select().order_by(SecurityLine.position.desc())
    return (query.where(SecurityLine.what == what) if what else query).first()


def test_every_address_of_the_desk_is_an_act_or_ordinary_work(app):
    there = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    ordinary = {tuple(one.split()) for one in ORDINARY}
    assert there == set(DOORS) | ordinary
    assert set(DOORS) & ordinary == set()


def written_elsewhere():
    """Every line that no address writes, as the code calls for it: {"act" or "act word"}."""
    found = set()
    for file in (Path(ROOT) / "pwa_server").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "security_event":
                what = call.args[1]
                about = next((one.value for one in call.keywords if one.arg == "about"), None)
                part = about.values[0] if isinstance(about, ast.JoinedStr) else about
                word = part.value.split()[0] if isinstance(part, ast.Constant) else ""
                if isinstance(what, ast.Constant):
                    found.add(f"{what.value} {word}".strip())
    return found


def test_every_act_is_somebodys(app):
    """Each is the act of an address, or is called by name somewhere; the tables name no others."""
    called = {one.split()[0] for one in written_elsewhere()}
    assert set(ACTS) == set(DOORS.values()) | called | {"refused"}
    with pytest.raises(ValueError, match="no act"):
        security_event(app.extensions["desk"], "something.else")


def test_every_line_that_no_address_writes_is_caused_here(office, supervisor, tmp_path):
    """Together with `test_every_act_at_an_address…` and the refusals, an act that nobody causes fails."""
    from pwa_server.desk.actions import devices, enrolment

    locked = LockedPhone(office, office.phone_of("kobayashi").id, b"k" * 32)  # welcome, roster
    meeting = enrolment.start(office.desk, office.person("nakagawa"), "demo-kobayashi", "phone")
    locked.answers(meeting.code)
    enrolment.poll(office.desk, meeting.id)
    locked.posts(second_slot(locked.slot))
    enrolment.confirm(office.desk, office.person("nakagawa"), meeting.id)
    devices.wipe(office.desk, office.person("nakagawa"), locked.device)
    caused = {told(row) for row in SecurityLine.select().where(SecurityLine.who == security_log.OFFICE)}
    for data in made_by_commands(tmp_path):
        caused |= data
    assert written_elsewhere() == caused


def told(row):
    word = row.about.split(" ")[0] if re.match(r"[a-z_]+( |$)", row.about) else ""
    return f"{row.what} {word}".strip()


def test_every_act_at_an_address_leaves_a_line_without_content(app, at_desk, morning):
    """Whoever tries and however it ends; what they typed is in none of it."""
    people = {name: at_desk(name) for name in ("nakagawa", "tanaka")}
    ids = [name for name in ids_here(morning) if name.isascii()]
    for (method, endpoint), act in sorted(DOORS.items(), key=lambda door: door[0][1] == "sign_in.leave"):
        rule = next(
            one for one in app.url_map.iter_rules() if one.endpoint == endpoint and method in one.methods
        )
        settled = endpoint.startswith(("people", "person", "phones", "settings"))
        person = people["tanaka" if settled else "nakagawa"]
        form = dict.fromkeys(
            ("reason", "email", "password", "code", "name", "text", "staff", "label"), CANARY
        )
        for number, id_ in enumerate((ids[0], CANARY)):
            path = app.url_map.bind("x").build(endpoint, dict.fromkeys(rule.arguments, id_), method=method)
            before = 0 if newest() is None else newest().position
            person.client.open(
                path,
                method=method,
                data=form | {"csrf": person.token()} if method == "POST" else None,
                headers=SAME_ORIGIN,
                environ_overrides=FROM,
            )
            line = newest()
            if number and endpoint == "sign_in.check":
                break  # the second line of a stranger within a minute
            assert line.position == before + 1, (method, endpoint)
            assert (line.what, line.address) == (act, "198.51.100.7")
            assert line.outcome
            assert line.who or endpoint == "sign_in.check"  # an address nobody has is nobody's
            if endpoint == "sign_in.leave":
                break
    told = [row.__data__ for row in SecurityLine.select()]
    assert CANARY not in json.dumps(told, default=str, ensure_ascii=False)
    assert security_log.verify() == len(told)


def test_signing_in_says_who_from_where_and_how_it_came_out(app, visitor):
    visitor.client.environ_base |= FROM
    visitor.open("/sign-in")
    visitor.send("/sign-in", email="nakagawa@sample.invalid", password=CANARY, code="")
    assert (newest().what, newest().who, newest().outcome) == ("sign_in", "demo-nakagawa", "sign_in_refused")
    visitor.send("/sign-in", email=f"{CANARY}@sample.invalid", password=CANARY, code="")
    assert (newest().what, newest().who, newest().outcome) == ("sign_in", "", "sign_in_refused")
    visitor.send("/sign-in", email="nakagawa@sample.invalid", password=PASSWORD.format("nakagawa"), code="")
    assert (newest().what, newest().who, newest().outcome) == ("sign_in", "demo-nakagawa", "done")
    assert newest().address == "198.51.100.7"
    visitor.send("/sign-out")
    assert (newest().what, newest().who) == ("sign_out", "demo-nakagawa")
    told = " ".join(f"{row.who} {row.about} {row.outcome}" for row in SecurityLine.select())
    assert CANARY not in told
    assert "@" not in told


def test_a_stranger_who_tries_for_ever_fills_no_disk(app, visitor):
    visitor.open("/sign-in")
    token = visitor.token()
    before = SecurityLine.select().count()
    began = time.monotonic()
    guesses = 3  # each costs one guess of a password, and is counted: forty an address
    for number in range(50):
        given = {"csrf": token, "email": f"nobody{number}@sample.invalid", "password": "x", "code": ""}
        known = given | {"email": "nakagawa@sample.invalid"}
        if number < guesses:
            visitor.client.post("/sign-in", data=given, headers=SAME_ORIGIN)
        for form in (given, known):  # refused before anything is tried
            visitor.client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"})
            visitor.client.post("/people/add", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    spans = 1 + (time.monotonic() - began) // security_doors.QUIET_SECONDS
    assert guesses <= SecurityLine.select().count() - before <= guesses + 3 * spans


def test_what_a_role_may_not_is_a_line(at_desk):
    worker = at_desk("kobayashi")
    worker.open("/security-log")
    assert worker.status == 403
    assert (newest().what, newest().who, newest().outcome) == ("log.read", "demo-kobayashi", "not_allowed")
    worker.open("/held")
    assert (newest().what, newest().about, newest().outcome) == ("refused", "held.page", "not_allowed")


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_the_access_log_of_all_reads_this_one(app, come_as, role):  # noqa: F811
    answer = come_as(role).get("/security-log")
    person = Staff(id="x", role=role, active=True)
    assert answer.status_code == (200 if sees_all(person, "access_log") else 403)


@pytest.mark.parametrize("role", ROLES)
def test_it_stands_in_the_menu_of_those_who_may_read_it(app, come_as, role):  # noqa: F811
    page = come_as(role).get("/settings").get_data(as_text=True)
    person = Staff(id="x", role=role, active=True)
    assert ('href="/security-log"' in page) == sees_all(person, "access_log")


def test_every_line_is_told_in_words(app, office, supervisor, morning):
    """Whoever did it, whatever about and however it came out: no id of the program, no code."""
    from pwa_server.desk.pages.office.security import FORMER_ROOMS, outcome, room

    supervisor.open("/settings")
    supervisor.send("/language", lang="en")
    codes = {"done", "half", "proof_wanted", "refused", "400", "403", "404", "500", "?"}
    for file in (Path(ROOT) / "pwa_server" / "desk").rglob("*.py"):
        codes |= set(re.findall(r"""DeskError\(\s*"([a-z_]+)\"""", file.read_text("utf-8")))
    ids = [*ids_here(morning), morning.phone.id, "demo-001", "A" * 22, "B" * 43]
    ids += [
        "roster 2",
        f"wipe_order {morning.phone.id}",
        f"let_in {morning.phone.id}",
        "welcome x-y",
        "backup",
    ]
    ids += ["held.page", "3-7 journal-abc-2026-11-24.sotto"]
    ids += ["_" * 22, "a_b-" * 5 + "Aa"]  # a random id may begin with any letter of base64url
    with app.test_request_context("/"):
        app.preprocess_request()
        from flask import g

        from pwa_server.desk.pages.layout.words import Words

        for lang in ("ja", "en"):
            g.lang, g.words = lang, Words(lang, office.clock())
            said = [outcome(code) for code in codes]
            said += [room(name) for name in (*app.blueprints, *FORMER_ROOMS)]
    for one in said:
        assert "_" not in one
        assert "desk." not in one
    for one in ids:
        security_event(office.desk, "key.used", who="office", about=one, outcome="sign_in_refused")
    security_event(office.desk, "backup", who="operator")
    shown = supervisor.open("/security-log")
    table = shown.text.partition("Outcome")[2].replace("journal-abc-2026-11-24.sotto", "")
    for raw in (
        "roster",
        "wipe_order",
        "let_in",
        "welcome",
        "operator",
        "sign_in",
        "demo-",
        "held.page",
    ):
        assert raw not in table, (raw, table[max(0, table.find(raw) - 60) :][:120])
    assert "DEMO-001" in table
    assert not re.search(r"\boffice\b", table)


def test_what_breaks_the_logs_stands_on_the_morning_page_of_who_reads_them(app, office, at_desk, come_as):  # noqa: F811
    """A line changed, a journal cut, changed, gone: of each kind one, and none of them forgotten the next day."""
    office.sync()
    desk, journal = office.desk, office.config.journal_dir
    write_event(desk, office.person("tanaka"), "staff.changed", {"staff": "demo-nishimura", "kana": "x"})
    assert log_checks.check(desk) == []
    (file,) = journal.glob("*.sotto")
    whole = file.read_bytes()
    kinds = {}

    def look(kind):
        kinds[kind] = [one["kind"] for one in log_checks.check(desk)]

    file.write_bytes(whole[:-1])
    look("journal_cut")
    file.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    look("journal_changed")
    file.unlink()
    look("journal_missing")
    journal.rmdir()
    look("journal_gone")
    journal.mkdir()
    file.write_bytes(whole)
    look("")
    for name, table in (("events", LogEntry), ("views", AccessView), ("security", SecurityLine)):
        security_event(desk, "export")
        row = table.select().order_by(table.position.desc()).first()
        kept = bytes(row.chain)
        table.update(chain=b"x" * 32).where(table.position == row.position).execute()
        look(name)
        page = at_desk("nakagawa").open("/today").text  # who signs in writes lines of their own
        assert texts.t("ja", f"desk.trouble.log.{name}", place=row.position) in page
        for role in ("administrator", "security", "worker"):
            page = come_as(role).get("/", follow_redirects=True).get_data(as_text=True)
            assert (texts.t("ja", f"desk.trouble.log.{name}", place=row.position) in page) == (
                role != "worker"
            )
        table.update(chain=kept).where(table.position == row.position).execute()
    assert all(found == ([kind] if kind else []) for kind, found in kinds.items()), kinds
    assert {f"desk.trouble.log.{kind}" for kind in kinds if kind} == {
        key for key in texts.catalogue("ja") if key.startswith("desk.trouble.log.")
    }
    SecurityLine.delete().execute()
    office.clock.pass_(hours=25)
    office.sync()
    assert [one["kind"] for one in log_checks.found()] == ["security"], "the daily round looks by itself"


def test_the_page_shows_the_lines_in_words_and_pages_back(office, supervisor):
    for _ in range(101):
        security_event(office.desk, "export", who="demo-nakagawa", outcome="done")
    page = supervisor.open("/security-log")
    assert "中川" in page.text
    assert "統計の書き出し" in page.text
    older = next(link for link in page.links if "before=" in link)
    assert "サインイン" in supervisor.open(older).text
    assert "desk.security" not in supervisor.page


class TestTheChain:
    def test_a_line_changed_or_taken_out_is_named(self, office, app):
        for number in range(5):
            security_event(office.desk, "export", who=f"person-{number}")
        first = newest().position - 4
        SecurityLine.update(who="somebody-else").where(SecurityLine.position == first + 1).execute()
        with pytest.raises(DeskError, match=f"security_log_broken: {first + 1}"):
            security_log.verify()
        SecurityLine.update(who="person-1").where(SecurityLine.position == first + 1).execute()
        assert security_log.verify() == first + 4
        SecurityLine.delete().where(SecurityLine.position == first + 2).execute()
        with pytest.raises(DeskError, match=f"security_log_broken: {first + 3}"):
            security_log.verify()

    def test_the_oldest_go_and_the_chain_goes_on(self, office, app):
        for _ in range(20):
            security_event(office.desk, "export")
        count = security_log.verify()
        security_log.trim(5)
        assert SecurityLine.select().count() == 5
        assert security_log.verify() == count
        security_event(office.desk, "export")
        assert security_log.verify() == count + 1
        SecurityLine.delete().where(SecurityLine.position == count - 4).execute()
        with pytest.raises(DeskError, match="security_log_broken"):
            security_log.verify()

    def test_a_tail_cut_off_is_named(self, office, app):
        """With the log's other lines whole: a chain alone does not show what is gone from its end."""
        for number in range(5):
            security_event(office.desk, "export", who=f"person-{number}")
        access_log_head.keep(office.desk)
        count = access_log_head.verify_security()
        security_event(office.desk, "export")
        SecurityLine.delete().where(SecurityLine.position > count).execute()
        assert access_log_head.verify_security() == count  # since the last head: could be cut unseen
        SecurityLine.delete().where(SecurityLine.position == count).execute()
        assert security_log.verify() == count - 1
        with pytest.raises(DeskError, match=f"security_log_broken: {count}"):
            access_log_head.verify_security()
        security_event(office.desk, "export", who="somebody-else")  # another line in its place
        with pytest.raises(DeskError, match=f"security_log_broken: {count}"):
            access_log_head.verify_security()

    def test_what_was_let_go_by_age_is_no_cut(self, office, app):
        for _ in range(20):
            security_event(office.desk, "export")
        access_log_head.keep(office.desk)
        for _ in range(20):
            security_event(office.desk, "export")
        security_log.trim(5)
        assert access_log_head.verify_security() == security_log.length()


def made_by_commands(tmp_path):
    """What `told` of the lines of init, invite, a turned key, backup, restore: a set for each."""
    from pwa_server import cli
    from pwa_server.desk.actions import trust
    from pwa_server.desk.log.office_keys import turn_seal_key
    from pwa_server.desk.open_desk import open_desk

    def run(data, *words):
        key, disk = tmp_path / f"card-{data}" / "desk.key", str(tmp_path / "disk")
        place = ["--data", str(tmp_path / data), "--desk-key-file", str(key), "--backup-dir", disk]
        place += ["--journal-dir", str(tmp_path / "journal"), "--second-place", "folder"]
        assert cli.main([*words, *place]) == 0
        desk = open_desk(Config(data=tmp_path / data, desk_key_file=key))
        try:
            if words[0] == "verify-log":
                turn_seal_key(desk)
                first = Staff.get()
                worker, _ = trust.add_person(desk, first, "z", "z", "worker", "z@example.jp")
                trust.propose(desk, first, worker, {"role": "supervisor"})
            return {told(row) for row in SecurityLine.select()}
        finally:
            desk.close()

    safe = str(tmp_path / "safe.key")
    yield run("a", "init", "--name", "x", "--lead", "y", "--email", "y@example.jp", "--backup-key", safe)
    yield run("a", "invite", "--email", "y@example.jp")
    yield run("a", "verify-log")
    yield run("a", "agree", "--email", "z@example.jp")
    yield run("a", "backup")
    (file,) = (tmp_path / "disk").glob("*.backup")
    yield run("b", "restore", str(file), "--backup-key", safe)
    yield run("a", "new-backup-key", str(tmp_path / "new.key"))


class TestHandedOn:
    def test_to_a_file_that_only_its_owner_reads(self, tmp_path):
        place = tmp_path / "security.jsonl"
        told = self.told(f"file:{place}")
        assert [json.loads(line) for line in place.read_text("utf-8").splitlines()] == [told]
        assert stat.S_IMODE(place.stat().st_mode) == 0o600

    def test_to_a_collector_that_speaks_syslog(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
            collector.bind(("127.0.0.1", 0))
            collector.settimeout(20)
            told = self.told(f"udp:127.0.0.1:{collector.getsockname()[1]}")
            said = collector.recv(4000).decode()
        assert re.match(r"<86>", said)  # authpriv.info
        assert json.loads(said.partition(">")[2]) == told

    def test_to_standard_output(self, capfd):
        told = self.told("stdout")
        assert json.loads(capfd.readouterr().out) == told

    def test_a_place_that_is_gone_stops_nobody(self, tmp_path, caplog):
        self.told(f"file:{tmp_path / 'no folder' / 'x'}")
        assert "not handed on" in caplog.text

    def told(self, where):
        from pwa_server.desk.log.security_forward import forward

        line = {"time": "2026-04-01T00:00:00Z", "event": "security", "what": "export", "who": "あ"}
        forward(Config(security_log=where), line)
        return line

    @pytest.mark.parametrize(
        "where", ["syslog", "file:", "file:relative", "udp:", "udp:host", "udp:host:99999", "stdout:x"]
    )
    def test_a_place_that_is_none_stops_the_start(self, where):
        with pytest.raises(BadSetting, match="SOTTO_SECURITY_LOG"):
            Config(security_log=where)


def test_a_fault_is_told_with_its_time_and_never_with_a_stored_value():
    """A date that is none: the library that reads it quotes it. (A page with such a row opens all the same.)"""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(fault_lines.Lines())
    logger = logging.getLogger("sotto.desk")
    logger.addHandler(handler)
    try:
        date.fromisoformat(CANARY)
    except ValueError:
        logger.exception("left out of this round: %s", "document")
    finally:
        logger.removeHandler(handler)
    line = json.loads(said.getvalue().splitlines()[0])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["time"])
    assert line["fault"]
    assert line["at"]
    assert CANARY not in said.getvalue()
    assert CANARY.encode("unicode_escape").decode() not in said.getvalue()


def test_no_end_of_a_program_or_a_thread_writes_what_was_raised(tmp_path):
    import subprocess
    import sys

    script = f"""
import logging, sys, threading
from pwa_server import fault_lines, texts
fault_lines.set_up("sotto.desk")
def fall(): raise ValueError({CANARY!r})
one = threading.Thread(target=fall); one.start(); one.join()
class Loud:
    def __del__(self): fall()
Loud()
for name in ("sotto.desk", "some.library"):
    try: fall()
    except ValueError: logging.getLogger(name).exception("it failed")
fall()
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    said = ran.stderr.decode()
    assert ran.returncode == 1
    assert CANARY not in said
    assert len([json.loads(line)["time"] for line in said.splitlines()]) == 5
    assert said.count('"ValueError"') == 5
