"""`./run`: an office with invented people, made once, so that everything can be tried in a minute.

Its keys lie in the data folder, which is why only a trial may do this. The passwords printed are the ones
made here, kept in a file beside the keys, never fixed ones: a trial left running must not be open to all.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .config import Config
from .keyfiles import write_secret, write_vapid_key
from .processes import CannotStart
from .serve import SignIn
from .texts import t

FOLDER = "trial"
# Push services want to know whom to ask; an address nobody owns is better than somebody else's.
SUBJECT = "mailto:nobody@example.com"


@dataclass(frozen=True)
class Trial:
    config: Config
    sign_ins: list[SignIn]


def prepare(config: Config) -> Trial:
    """Settings for the trial, its office made if the data folder is new. Raises BadSetting, CannotStart."""
    config = settings(replace(config, role="all", trial=True))
    folder = config.data / FOLDER
    people = folder / "sign-ins.json"
    if not people.exists():
        print(t(config.lang, "cli.new_office"), flush=True)
        write_vapid_key(folder / "vapid.pem")
        sign_ins = _make_sample_office(config, folder / "backup.key")
        write_secret(
            people, json.dumps([asdict(who) for who in sign_ins], ensure_ascii=False, indent=1).encode()
        )
    return Trial(config, [SignIn(**who) for who in json.loads(people.read_text("utf-8"))])


def settings(config: Config) -> Config:
    """Where a trial's files lie, unless told otherwise: so that `--trial` is enough for every command."""
    if config.role == "relay":
        return config  # the folder of a relay alone has none of them
    folder = config.data / FOLDER
    return replace(
        config,
        desk_key_file=config.desk_key_file or folder / "desk.key",
        vapid_key_file=config.vapid_key_file or folder / "vapid.pem",
        vapid_subject=config.vapid_subject or SUBJECT,
        backup_dir=config.backup_dir or config.data / "backups",
    )


def _make_sample_office(config: Config, backup_key: Path) -> list[SignIn]:
    """Also goes on where an earlier start was cut off. Refuses a folder with an office that is no trial."""
    from .desk.accounts.staff import make_account, new_password
    from .desk.actions.sample import load
    from .desk.log.event_log import head
    from .desk.models.office_and_cases import Staff
    from .desk.open_desk import desk_file, open_desk
    from .office import open_new, publish_id

    begun = desk_file(config).exists()
    if begun and not backup_key.exists():
        raise CannotStart("cli.office_exists", folder=config.data)
    desk = open_desk(config) if begun else open_new(config, backup_key)
    people = list(Staff.select().order_by(Staff.role.desc(), Staff.id)) if head() else load(desk, story=True)
    sign_ins = []
    for person in people:
        password = new_password()
        make_account(desk, person.id, person.email, password, totp_required=False, must_change=False)
        sign_ins.append(SignIn(person.name, person.role, person.email, password))
    publish_id(config, desk.keys.office)
    desk.close()
    return sign_ins
