"""The command line: reads words, calls what does the work, says what came of it.

Imports stay inside the commands: `sotto --help` and the start must not wait for what they do not use.
"""

import argparse
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, get_type_hints

from . import fault_lines
from .config import BadSetting, Config, load, table, variable
from .processes import CannotStart
from .sentences import sentence
from .texts import LANGS, t

Command = Callable[[Config, argparse.Namespace], int]


def main(argv: list[str] | None = None) -> int:
    lang = _asked_lang(sys.argv[1:] if argv is None else argv)
    asked = make_parser(lang).parse_args(argv)
    try:
        config = load(os.environ, {name: getattr(asked, name, None) for name, _, _ in table()})
        lang = config.lang
        if config.trial:
            from .trial import settings

            config = settings(config)
        run: Command = asked.run
        return run(config, asked)
    except BadSetting as error:
        print(error, file=sys.stderr)
        return 2
    except CannotStart as error:
        print(t(lang, error.key, **error.params), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not (said := sentence(lang, error)):
            raise
        print(said, file=sys.stderr)
        return 1


def program() -> int:
    """What the shell starts. A fault that nobody foresaw is told without its text (fault_lines.py)."""
    fault_lines.set_up("sotto.desk")
    return main()


def make_parser(lang: str = "en") -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sotto", description=t(lang, "cli.help"))
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('sotto')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, options in COMMANDS:
        key = f"cli.help.{name}"
        one = commands.add_parser(name, help=t(lang, key), description=t(lang, key))
        one.set_defaults(run=run)
        for flags, details in options:
            option = flags[0].removeprefix("--").replace("-", "_")
            one.add_argument(*flags, **details, help=t(lang, f"{key}.{option}"))
        _add_settings(one, lang)
    return parser


def _asked_lang(argv: list[str]) -> str:
    """The language of what is said before anything is read."""
    words = [word for part in argv for word in part.split("=", 1)]
    after = dict(pairwise(words)).get("--lang", os.environ.get("SOTTO_LANG", ""))
    return after if after in LANGS else LANGS[0]


def _add_settings(parser: argparse.ArgumentParser, lang: str) -> None:
    """Every setting is an option of every command, so that the environment is never the only way."""
    group = parser.add_argument_group(t(lang, "cli.help_settings"))
    kinds = get_type_hints(Config)
    for name, default, help_ in table():
        flag = f"--{name.replace('_', '-')}"
        shown = f"{help_} [{variable(name)}]".replace("%", "%%")
        kind: Any = kinds[name]
        if kind is bool:
            group.add_argument(flag, action="store_const", const=True, help=shown)
        elif isinstance(default, tuple):
            group.add_argument(flag, type=_words, metavar="A,B", help=shown)
        else:
            reads = int if kind is int else Path if "Path" in str(kind) else str
            group.add_argument(flag, type=reads, metavar=name.upper().rpartition("_")[2], help=shown)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def serve(config: Config, asked: argparse.Namespace) -> int:
    from .processes import Asked
    from .serve import serve

    with Asked() as signals:
        return serve(config, signals, lan=asked.lan)


def demo(config: Config, asked: argparse.Namespace) -> int:
    from .processes import Asked
    from .serve import serve
    from .trial import prepare

    with Asked() as signals:  # before the first line: whoever sees it may ask to stop
        trial = prepare(config)
        return serve(trial.config, signals, lan=asked.lan, sign_ins=trial.sign_ins)


def init(config: Config, asked: argparse.Namespace) -> int:
    from .office import make_office

    made = make_office(config, asked.name, asked.lead, asked.email, backup_key=asked.backup_key)
    print(t(config.lang, "cli.office_made", office=made.office))
    print(t(config.lang, "cli.backup_key", file=made.backup_key))
    print(t(config.lang, "cli.invite", name=asked.lead, email=asked.email, password=made.password))
    return 0


def invite(config: Config, asked: argparse.Namespace) -> int:
    from .office import new_first_password

    name, password = new_first_password(config, asked.email)
    print(t(config.lang, "cli.invite", name=name, email=asked.email, password=password))
    return 0


def agree(config: Config, asked: argparse.Namespace) -> int:
    from .office import agree

    name, half = agree(config, asked.email)
    print(t(config.lang, "cli.agreed", name=name))
    if half:
        print(t(config.lang, "cli.agreed.half", half=half))
    return 0


def rebuild(config: Config, asked: argparse.Namespace) -> int:
    from .office import rebuild_all
    from .progress import Steps

    steps = Steps(lambda percent: print(f"{percent} %", file=sys.stderr, flush=True))
    count, other = rebuild_all(config, steps)
    if other:
        print(t(config.lang, "cli.rebuilt_other", count=count, tables=", ".join(other)))
        return 1
    print(t(config.lang, "cli.rebuilt", count=count))
    return 0


def verify_log(config: Config, asked: argparse.Namespace) -> int:
    from .office import verify_logs

    events, views, lines = verify_logs(config)
    print(t(config.lang, "cli.log_whole", events=events, views=views, lines=lines))
    return 0


def backup(config: Config, asked: argparse.Namespace) -> int:
    from .office import make_backup

    print(t(config.lang, "cli.backed_up", file=make_backup(config)))
    return 0


def restore(config: Config, asked: argparse.Namespace) -> int:
    from .office import restore_from
    from .progress import Steps

    steps = Steps(lambda percent: print(f"{percent} %", file=sys.stderr, flush=True))
    restored = restore_from(config, asked.file, asked.backup_key, steps)
    print(t(config.lang, "cli.restored", file=asked.file, count=restored.acts))
    if restored.unchained:
        print(t(config.lang, "cli.journal.unchained", count=restored.unchained))
    for fault in restored.faults:
        slots = {"file": fault.file, "first": fault.first, "last": fault.last}
        print(t(config.lang, f"cli.journal.{fault.kind}", **slots))
    if restored.faults:
        print(t(config.lang, "cli.journal.compare"))
    return 1 if restored.faults else 0


def release(config: Config, asked: argparse.Namespace) -> int:
    from .releasing import sign_release

    file, count = sign_release(asked.key, file=config.release_signature_file)
    print(t(config.lang, "cli.release_signed", file=file, count=count))
    return 0


def check_release(config: Config, asked: argparse.Namespace) -> int:
    from .releasing import compare

    count, differs = compare(asked.url.rstrip("/"), asked.ca, signature=config.release_signature_file)
    if differs:
        print(t(config.lang, "cli.release_differs", url=asked.url))
        print("\n".join(f"  {line}" for line in differs))
        return 1
    print(t(config.lang, "cli.release_same", url=asked.url, count=count))
    return 0


def vapid(config: Config, asked: argparse.Namespace) -> int:
    from .keyfiles import write_vapid_key

    if not write_vapid_key(asked.file):
        print(t(config.lang, "cli.file_exists", file=asked.file), file=sys.stderr)
        return 1
    print(t(config.lang, "cli.vapid_written", file=asked.file))
    return 0


def office(config: Config, asked: argparse.Namespace) -> int:
    import time

    from .relay import offices
    from .relay.store import Store
    from .relay.times import written

    if (asked.do == "list") == bool(asked.office):
        print(t(config.lang, "cli.office_which"), file=sys.stderr)
        return 2
    store = Store(config.database)
    try:
        if asked.do == "list":
            for one in offices.listed(store, config.relay_offices):
                since = written(one.since) if one.since else "-"
                print(f"{one.office}  {one.state}  {since}  {one.devices}  {one.waiting}")
            return 0
        act = offices.add if asked.do == "add" else offices.remove
        act(store, asked.office, time.time())
    finally:
        store.close()
    print(t(config.lang, f"cli.office_{asked.do}", office=asked.office))
    return 0


def new_backup_key(config: Config, asked: argparse.Namespace) -> int:
    from .office import new_backup_key

    first = new_backup_key(config, asked.file)
    print(t(config.lang, "cli.backup_key_new", file=asked.file, first=first))
    return 0


def status(config: Config, asked: argparse.Namespace) -> int:
    from . import status

    found = status.checks(config)
    print(status.as_json(config, found) if asked.json else status.as_text(config, found))
    return status.gravest(found)


def drill(config: Config, asked: argparse.Namespace) -> int:
    from dataclasses import asdict

    from .drill import drill

    done = drill(config, asked.backup_key, asked.file, asked.into)
    print(t(config.lang, "cli.drill.done", **asdict(done)))
    if done.whole:
        print(t(config.lang, "cli.drill.whole"))
        return 0
    print(t(config.lang, "cli.drill.faults", **asdict(done) | {"other": ", ".join(done.other) or "-"}))
    return 1


def compact(config: Config, asked: argparse.Namespace) -> int:
    from .compacting import compact

    for done in compact(config):
        slots = {"before": done.before // 1_000_000, "after": done.after // 1_000_000}
        print(t(config.lang, "cli.compact.done", file=done.file, **slots))
    return 0


def support_bundle(config: Config, asked: argparse.Namespace) -> int:
    from .support_bundle import bundle

    text = bundle(config)
    print(text)
    if not asked.yes and not _agreed(t(config.lang, "cli.bundle.ask", file=asked.file)):
        print(t(config.lang, "cli.bundle.not_written"))
        return 1
    try:
        with asked.file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise CannotStart("cli.file_exists", file=asked.file) from None
    print(t(config.lang, "cli.bundle.written", file=asked.file))
    return 0


def _agreed(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "はい")
    except EOFError:
        return False


Option = tuple[tuple[str, ...], dict[str, Any]]
LAN: Option = (("--lan",), {"action": "store_true"})
FILE: Option = (("file",), {"type": Path})
EMAIL: Option = (("--email",), {"required": True})
BACKUP_KEY: Option = (("--backup-key",), {"type": Path, "required": True})
# What each is for stands in the texts: `cli.help.COMMAND`, `cli.help.COMMAND.OPTION`.
COMMANDS: list[tuple[str, Command, list[Option]]] = [
    ("serve", serve, [LAN]),
    ("demo", demo, [LAN]),
    ("init", init, [(("--name",), {"required": True}), (("--lead",), {"required": True}), EMAIL, BACKUP_KEY]),
    ("invite", invite, [EMAIL]),
    ("agree", agree, [EMAIL]),
    ("status", status, [(("--json",), {"action": "store_true"})]),
    ("rebuild", rebuild, []),
    ("verify-log", verify_log, []),
    ("backup", backup, []),
    ("restore", restore, [FILE, BACKUP_KEY]),
    (
        "drill",
        drill,
        [(("file",), {"type": Path, "nargs": "?"}), BACKUP_KEY, (("--into",), {"type": Path})],
    ),
    ("new-backup-key", new_backup_key, [FILE]),
    ("compact", compact, []),
    ("support-bundle", support_bundle, [FILE, (("--yes",), {"action": "store_true"})]),
    ("release", release, [(("key",), {"type": Path})]),
    ("check-release", check_release, [(("url",), {}), (("--ca",), {"type": Path})]),
    ("vapid", vapid, [FILE]),
    (
        "office",
        office,
        [(("do",), {"choices": ("add", "remove", "list")}), (("office",), {"nargs": "?"})],
    ),
]

if __name__ == "__main__":
    sys.exit(program())
