"""`sotto serve`: checks first, starts the parts, says where they are, ends them together."""

import datetime as dt
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import log_files, metrics, processes
from .config import EVERYWHERE, LOCAL_NAMES, Config, check_role
from .office import offices_of
from .processes import Asked, CannotStart, Part
from .progress import Steps, Watched
from .texts import t

if TYPE_CHECKING:
    from .tls import Lan


LAST_WORDS = 5.0  # seconds


@dataclass(frozen=True)
class SignIn:
    """A person of the sample office. Printed only for a trial."""

    name: str
    role: str
    email: str
    password: str


def serve(config: Config, asked: Asked, *, lan: bool = False, sign_ins: Sequence[SignIn] = ()) -> int:
    """Serve until asked to stop (0) or until a part ends by itself (1). Raises BadSetting, CannotStart."""
    config, network = _with_lan(config) if lan else (config, None)
    config = _with_office(config)
    for role in processes.roles(config):
        check_role(config, role)
    if config.role == "relay":
        from .phone import check_signing

        check_signing(config)
    parts: list[Part] = []
    ends = ExitStack()  # what the parts said last, told before what we say of it
    with processes.hold_data(config.data), metrics.served(config), ExitStack() as trust:
        processes.check_ports(config)
        building = _building(config)
        try:
            for role in processes.roles(config):
                parts.append(_start(config, role, ends))
            processes.wait_ready(parts, at_work=building, asked=asked)
            if not asked.stop:
                _say(config, sign_ins, _trust_lines(config, network, trust))
            ended = processes.watch(parts, asked, lambda: _reload(config, parts, ends))
            if ended:
                raise CannotStart("cli.part_failed", part=ended.role, code=processes.end([ended]))
            print(t(config.lang, "cli.stopped"), flush=True)
            return 0
        except CannotStart as error:
            processes.end(parts)
            ends.close()
            print(_named(config, error), flush=True)
            return 1
        finally:
            processes.end(parts)
            ends.close()


def _trust_lines(config: Config, network: "Lan | None", trust: ExitStack) -> list[str]:
    if network is None:
        return []
    from .trust_page import trust_page

    address = trust.enter_context(trust_page(network, config))
    return [t(config.lang, "cli.trust", address=address), f"  {network.fingerprint}"]


def _reload(config: Config, parts: list[Part], ends: ExitStack) -> None:
    """The relay's workers are renewed one after another and refuse nothing. A desk is one process over one log: one
    that speaks TLS itself is started anew, which takes seconds; any other has nothing to read again.
    """
    for place, part in enumerate(parts):
        if part.role == "relay":
            processes.renew_workers(part)
        elif part.secure:
            processes.end([part])
            parts[place] = _start(config, part.role, ends)
    print(t(config.lang, "cli.reloaded"), flush=True)


def _building(config: Config) -> Watched:
    """The desk's tables are built anew after an update; how far that is is said here."""
    return Watched(
        config.desk_data,
        Steps(lambda percent: print(t(config.lang, "cli.building", percent=percent), flush=True)),
    )


def _start(config: Config, role: str, ends: ExitStack) -> Part:
    """Two parts in one terminal speak into files, or their lines would bury what is said here."""
    if config.log == "stdout" or (config.role != "all" and not config.log):
        return processes.start(config, role, to_stdout=bool(config.log))
    part = processes.start(config, role, subprocess.PIPE)
    copying = log_files.keep(part.process, _log_file(config, role))
    ends.callback(copying.join, LAST_WORDS)
    return part


def _log_file(config: Config, role: str) -> Path:
    if not config.log:
        return log_files.open_log(config.data, role)
    file = Path(config.log.removeprefix("file:"))
    return log_files.made(file if config.role != "all" else file.with_stem(f"{file.stem}-{role}"))


def _named(config: Config, error: CannotStart) -> str:
    part = t(config.lang, f"cli.part.{error.params['part']}") if "part" in error.params else ""
    return t(config.lang, error.key, **(error.params | {"part": part}))


def _with_office(config: Config) -> Config:
    offices = offices_of(config)
    if config.role == "all" and not offices:
        raise CannotStart("cli.no_office", folder=config.data)
    return replace(config, relay_offices=offices)


def _with_lan(config: Config) -> tuple[Config, "Lan"]:
    from .tls import lan_addresses, prepare

    addresses = lan_addresses()
    lan = prepare(config.data / "authority", addresses, dt.datetime.now(dt.UTC))
    shown = addresses[0] if addresses else "localhost"
    config = replace(
        config,
        host="0.0.0.0",  # noqa: S104 - what --lan asks for
        public_url=config.public_url or f"https://{shown}:{config.port}",
        tls_cert=lan.cert,
        tls_key=lan.key,
        relay_ca=lan.authority,
    )
    return config, lan


def _say(config: Config, sign_ins: Sequence[SignIn], more: list[str]) -> None:
    lang = config.lang
    lines = ["", t(lang, "cli.ready"), ""]
    if config.role in ("all", "desk"):
        lines.append(t(lang, "cli.desk", address=config.desk_address))
        lines += (
            t(lang, "cli.sign_in", **asdict(who) | {"role": t(lang, f"role.{who.role}")}) for who in sign_ins
        )
    if config.role in ("all", "relay"):
        lines += [t(lang, "cli.phone", address=config.phone_address), *_phone_notes(config), *more]
    if config.role == "all":
        lines.append(t(lang, "cli.enrol"))
    lines.append(t(lang, "cli.data", folder=config.data))
    if config.role == "all":
        lines += ["", t(lang, "cli.trial")]
    print("\n".join([*lines, t(lang, "cli.stop")]), flush=True)


def _phone_notes(config: Config) -> list[str]:
    """Why a phone cannot install the app from here, if so: browsers install over https or from this very machine."""
    where = urlsplit(config.phone_address)
    if where.scheme == "https":
        return []
    if where.hostname in LOCAL_NAMES and config.host not in EVERYWHERE:
        return [t(config.lang, "cli.local_only")]
    return [t(config.lang, "cli.not_secure", address=config.phone_address)]
