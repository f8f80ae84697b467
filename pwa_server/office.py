"""What the command line does to an office: make it, let people in, back it up, bring it back.

Runs beside a serving desk or without one; the database takes one writer at a time.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .config import BadSetting, Config, check_key_place
from .keyfiles import write_secret
from .processes import CannotStart

if TYPE_CHECKING:
    from sync.sealing import SealKey

    from .desk.backup.restore import Restored
    from .desk.core.desk import Desk
    from .desk.projections.rebuild import Tell

OFFICE_ID = "office.id"  # public: the relay is told it


@dataclass(frozen=True)
class Made:
    office: str
    password: str
    backup_key: Path


class Operator:
    """Whoever runs the commands, in the log: no person of the office, and no role of the access table."""

    id, role, active, organisation, walled = "operator", "operator", True, "", False


def make_office(config: Config, name: str, lead: str, email: str, *, backup_key: Path) -> Made:
    """A new office with one administrator. Raises BadSetting, CannotStart, DeskError."""
    from .desk.accounts import staff
    from .desk.actions.founding import FIRST_EVENTS
    from .desk.log.security_log import OPERATOR, security_event
    from .desk.projections.append_and_apply import make_event, new_id, record

    desk = open_new(config, backup_key)
    person, password = new_id(), staff.new_password()
    values = {"staff": person, "name": lead, "kana": "", "role": "administrator", "email": email}
    first: list[tuple[str, dict[str, Any]]] = [
        ("office.created", {"name": name, "lead": lead, "sample": False}),
        ("staff.added", values),
    ]
    with desk.write():
        for type_, body in [*first, *FIRST_EVENTS]:
            record(desk, make_event(type_, None, body, desk.now()), person, person)
        staff.make_account(desk, person, email, password)
        security_event(desk, "office.made", who=OPERATOR, about=person)
    office = publish_id(config, desk.keys.office)
    desk.close()
    return Made(office, password, backup_key)


def open_new(config: Config, backup_key: Path) -> "Desk":
    """An empty desk with keys; the key that opens its backups goes into a new file. Raises as make_office."""
    from .desk.log.office_keys import make_keys
    from .desk.open_desk import create_desk_file, desk_file

    check_key_place(config)
    if desk_file(config).exists():
        raise CannotStart("cli.office_exists", folder=config.data)
    check_backup_key_place(config, backup_key)
    desk = create_desk_file(config)
    write_secret(backup_key, make_keys(desk).to_bytes().hex().encode() + b"\n")
    return desk


def offices_of(config: Config) -> tuple[str, ...]:
    """Those of the settings; in one building the relay serves the office beside it, whose id lies in a file."""
    file = config.desk_data / OFFICE_ID
    if config.role != "all" or config.relay_offices or not file.exists():
        return config.relay_offices
    return (file.read_text("ascii").strip(),)


def publish_id(config: Config, office: str) -> str:
    (config.desk_data / OFFICE_ID).write_text(office + "\n", "ascii")
    return office


def new_first_password(config: Config, email: str) -> tuple[str, str]:
    """A person's name and a password to hand over once. Raises CannotStart for an unknown address.

    Whoever holds this machine needs no second person; the log, the person and the others are told.
    """
    from .desk.accounts import staff
    from .desk.actions import act, trust
    from .desk.log.security_log import OPERATOR, security_event
    from .desk.models.office_and_cases import Staff
    from .desk.open_desk import open_desk

    desk = open_desk(config)
    person = Staff.get_or_none((Staff.email == email) & Staff.active)
    if person is None:
        raise CannotStart("cli.unknown_person", email=email)
    password, operator = staff.new_password(), Operator()
    with desk.write():
        act(desk, operator, "staff.recovered", {"staff": person.id})
        trust.begin_anew(desk, operator, person, password)
    security_event(desk, "account.recover", who=OPERATOR, about=person.id)
    desk.close()
    return person.name, password


def agree(config: Config, email: str) -> tuple[str, str]:
    """Agree to what was asked about this person, where nobody at the desk can. Their name, and the second half of a
    first password ("" where there is none). Raises CannotStart.
    """
    from .desk.actions import trust
    from .desk.core.errors import DeskError, NotAllowed
    from .desk.log.security_log import OPERATOR, security_event
    from .desk.models.office_and_cases import Staff
    from .desk.open_desk import open_desk

    desk = open_desk(config)
    try:
        person = Staff.get_or_none(Staff.email == email)
        if person is None:
            raise CannotStart("cli.unknown_person", email=email)
        _, half = trust.agree_as_operator(desk, Operator(), person.id)
        security_event(desk, "proposal.decide", who=OPERATOR, about=person.id)
    except NotAllowed:
        raise CannotStart("cli.agree.others_can") from None
    except DeskError as error:
        raise CannotStart("cli.agree.nothing" if error.code == "not_found" else "cli.agree.failed") from None
    finally:
        desk.close()
    return person.name, half


def rebuild_all(config: Config, tell: "Tell") -> tuple[int, list[str]]:
    """How many events were applied, and the tables that came out different. Raises DeskError."""
    from .desk.open_desk import open_desk
    from .desk.projections.rebuild import rebuild

    desk = open_desk(config)
    try:
        return rebuild(desk, tell)
    finally:
        desk.close()


def verify_logs(config: Config) -> tuple[int, int, int]:
    """Walk the hash chains: how many events, views and lines of the security log.

    Raises DeskError log_broken, access_log_broken, security_log_broken.
    """
    from .desk.log.event_log import verify_chain
    from .desk.open_desk import open_desk
    from .desk.queries import access_log_head

    desk = open_desk(config)
    try:
        return verify_chain(), access_log_head.verify(), access_log_head.verify_security()
    finally:
        desk.close()


def make_backup(config: Config) -> Path:
    """A sealed backup, read back and checked. Raises DeskError."""
    from .desk.backup.backup import backup
    from .desk.log.security_log import OPERATOR, security_event
    from .desk.open_desk import open_desk

    desk = open_desk(config)
    try:
        file = backup(desk)
        security_event(desk, "backup", who=OPERATOR)
        return file
    finally:
        desk.close()


def new_backup_key(config: Config, file: Path) -> Path:
    """A new key for backups in a new file, and the first backup under it. Raises BadSetting, CannotStart, DeskError.

    Not beside a running desk, which goes on sealing to the key it has read.
    """
    from .desk.backup.backup import backup
    from .desk.core.errors import DeskError
    from .desk.log.office_keys import turn_backup_key
    from .desk.open_desk import open_desk
    from .processes import hold_data

    check_backup_key_place(config, file)
    if config.backup_dir is None:
        raise DeskError("no_backup_dir")
    with hold_data(config.data):
        desk = open_desk(config)
        try:
            with desk.write():  # without its file there is no new key
                key = turn_backup_key(desk)
                write_secret(file, key.to_bytes().hex().encode() + b"\n")
            return backup(desk)
        finally:
            desk.close()


def check_backup_key_place(config: Config, file: Path) -> None:
    if file.exists():
        raise CannotStart("cli.file_exists", file=file)
    if file.resolve().is_relative_to(config.data.resolve()) and not config.trial:
        raise BadSetting(f"The backup key {file} would lie inside the data folder; put it elsewhere.")


def restore_from(config: Config, file: Path, backup_key: Path, tell: "Tell") -> "Restored":
    """A new data folder from a backup and the journal; what the journal brought, and where it does not fit.

    Raises BadSetting, CannotStart, DeskError. Never over an office that is there, nor beside a running Sotto.
    """
    from .desk.backup.restore import restore
    from .desk.open_desk import open_desk
    from .processes import hold_data

    check_key_place(config)
    key = read_backup_key(backup_key)
    with hold_data(config.data):
        restored = restore(config, file, key, tell=tell)
        desk = open_desk(config)
        publish_id(config, desk.keys.office)
        desk.close()
    return restored


def read_backup_key(file: Path) -> "SealKey":
    """Raises CannotStart for a file that is not the one `init` wrote."""
    from sync.sealing import SealKey

    try:
        text = file.read_text("ascii").strip()
        return SealKey.from_bytes(bytes.fromhex(text))
    except (OSError, ValueError) as error:
        raise CannotStart("cli.backup_key_unread", file=file, why=error) from None
