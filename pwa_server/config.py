"""The one table of settings: name, default and help stand together and nowhere else.

`load` reads environment variables `SOTTO_NAME` and then what the command line gave. It refuses
with one sentence that says what to change; it never guesses and it has no default secret.
`docs/operating.md` shows the same table; a test holds the two together.
"""

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from .proxies import read_networks

PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


class BadSetting(ValueError):
    """A setting that cannot be used. Its text is a sentence for the person who starts the program."""


def setting(default: Any, help_: str) -> Any:
    return field(default=default, metadata={"help": help_})


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one process. Paths are absolute after `load`; times are seconds."""

    role: str = setting("all", "What runs here: all (trial, or one building), relay, or desk")
    data: Path = setting(Path("data"), "Folder of everything kept; relay/ and desk/ lie apart in it")
    host: str = setting(
        "127.0.0.1", "Address the relay listens on; 0.0.0.0 for every network of this machine"
    )
    port: int = setting(8600, "Port of the relay and the phone app")
    trust_port: int = setting(8601, "Port of the page that helps phones trust this building, with --lan")
    desk_host: str = setting("127.0.0.1", "Address the desk listens on")
    desk_port: int = setting(8700, "Port of the desk")
    lang: str = setting("ja", "Language of first screens and start lines: ja or en; people choose their own")
    trial: bool = setting(
        False,
        "Lets the desk's key lie inside the data folder and a relay sign the app's files; for trying out only",
    )
    public_url: str = setting("", "Address of the phone app as phones see it, https://…")
    desk_url: str = setting("", "Address of the desk as browsers see it, https://…; passkeys belong to it")
    tls_cert: Path | None = setting(None, "Certificate file (PEM), if this program ends TLS itself")
    tls_key: Path | None = setting(None, "Private key file (PEM) of tls_cert")
    trusted_proxies: tuple[str, ...] = setting(
        (), "Addresses or networks of your own reverse proxies, commas between"
    )
    hsts_subdomains: bool = setting(False, "Browsers shall use https for every name below this one, too")
    workers: int = setting(1, "Processes of the relay; more than 1 needs PostgreSQL")

    metrics: str = setting(
        "", "host:port where numbers for Prometheus are read, apart from phones and people; empty for none"
    )
    log: str = setting(
        "", "Where a part's own lines go: stdout, or file:/path, which turns at 5 MB; empty for stderr"
    )

    database_url: str = setting("", "Relay: postgresql://…; empty for one SQLite file in the data folder")
    database_url_file: Path | None = setting(
        None, "Relay: file that holds database_url, so that its password stands in no environment"
    )
    relay_offices: tuple[str, ...] = setting(
        (), "Relay: office ids it serves, beside those of `sotto office add`; commas between"
    )
    release_signature_file: Path | None = setting(
        None, "Relay: signature of the phone app's files; empty for release.sig beside them"
    )
    vapid_key_file: Path | None = setting(
        None, "Relay: private key file (PEM) for web push; without it no push"
    )
    vapid_subject: str = setting("", "Relay: who to reach about push, https:… or mailto:…")
    push_hosts: tuple[str, ...] = setting(
        PUSH_HOSTS, "Relay: push services it may call; * stands for a name part"
    )
    allow_insecure_push: bool = setting(
        False, "Relay: lets push_hosts name plain http and local ones; for tests"
    )

    desk_key_file: Path | None = setting(None, "Desk: file with the key that opens its database; not in data")
    relay_url: str = setting("", "Desk: address of the relay, https://…")
    relay_ca: Path | None = setting(None, "Desk: certificate file (PEM) of a private authority of the relay")
    sync_seconds: int = setting(15, "Desk: pause between two looks at the relay")
    backup_dir: Path | None = setting(None, "Desk: folder for sealed backups, best on another disk")
    backup_keep: tuple[str, ...] = setting(
        ("24h", "7d", "5w", "3m"), "Desk: of how many hours, days, weeks and months the newest backup is kept"
    )
    journal_dir: Path | None = setting(None, "Desk: folder on another disk for the journal of staff actions")
    breached_passwords: Path | None = setting(
        None,
        "Desk: sorted list of SHA-1 of passwords that were stolen somewhere (Pwned Passwords); those are refused",
    )
    security_log: str = setting(
        "", "Desk: where its security log also goes: stdout, file:/path or udp:host:port"
    )
    second_place: str = setting("none", "Desk: where that journal goes: none, or folder (journal_dir)")

    def __post_init__(self) -> None:
        check(self)

    @property
    def relay_data(self) -> Path:
        return self.data / "relay"

    @property
    def desk_data(self) -> Path:
        return self.data / "desk"

    @property
    def database(self) -> str:
        """The relay's database as a URL. Raises BadSetting for a file that cannot be read."""
        if self.database_url_file is not None:
            return read_secret("database_url_file", self.database_url_file)
        return self.database_url or f"sqlite:///{self.relay_data / 'relay.db'}"

    @property
    def desk_secure(self) -> bool:
        """Whether the desk ends TLS itself. On this machine alone a browser trusts plain http, and no own authority."""
        return self.tls_cert is not None and self.desk_host not in LOCAL_NAMES

    @property
    def hsts(self) -> str:
        """Strict-Transport-Security for whoever came over https."""
        return f"max-age=31536000{'; includeSubDomains' if self.hsts_subdomains else ''}"

    @property
    def phone_address(self) -> str:
        return self.public_url or _address(self.host, self.port, self.tls_cert is not None)

    @property
    def desk_address(self) -> str:
        return self.desk_url or _address(self.desk_host, self.desk_port, self.desk_secure)

    @property
    def relay_address(self) -> str:
        """Where the desk finds the relay: beside it unless told otherwise."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return self.relay_url or _address(host, self.port, self.tls_cert is not None)

    def environ(self) -> dict[str, str]:
        """These settings as environment variables, to hand them to a process of ours."""
        return {
            variable(name): _write(value)
            for name, default, _ in table()
            if (value := getattr(self, name)) != default
        }


def _address(host: str, port: int, secure: bool) -> str:
    shown = "localhost" if host in (*LOCAL_NAMES, *EVERYWHERE) else host
    shown = f"[{shown}]" if ":" in shown else shown
    return f"{'https' if secure else 'http'}://{shown}:{port}"


def variable(name: str) -> str:
    return f"SOTTO_{name.upper()}"


def table() -> list[tuple[str, Any, str]]:
    """Every setting as (name, default, help), in the order of reading."""
    return [(entry.name, entry.default, entry.metadata["help"]) for entry in fields(Config)]


def load(environ: Mapping[str, str], given: Mapping[str, Any] | None = None) -> Config:
    """Settings from the environment, overridden by what is `given` (None there means not given).

    Raises BadSetting with a sentence.
    """
    kinds = get_type_hints(Config)
    known = {variable(name): name for name in kinds}
    values: dict[str, Any] = {}
    for key, text in environ.items():
        if key.startswith("SOTTO_"):
            if key == "SOTTO_BEHIND_PROXY":
                raise BadSetting(
                    "SOTTO_BEHIND_PROXY is gone; name your proxies' addresses in SOTTO_TRUSTED_PROXIES."
                )
            if key not in known:
                raise BadSetting(_unknown(key, list(known)))
            values[known[key]] = _read(key, text, kinds[known[key]])
    values |= {name: value for name, value in (given or {}).items() if value is not None}
    for name, value in values.items():
        if isinstance(value, Path):
            values[name] = value.expanduser().absolute()
    values.setdefault("data", Path("data").absolute())
    return Config(**values)


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    return f"{key} is not a setting of Sotto." + (f" Did you mean {near[0]}?" if near else "")


def _read(key: str, text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() not in ("0", "1", "true", "false", "yes", "no", ""):
            raise BadSetting(f"{key} is {text!r}; write 1 or 0.")
        return text.lower() in ("1", "true", "yes")
    if kind is int:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadSetting(f"{key} is {text!r}; write a whole number.")
        return int(text)
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind in (Path, Path | None):
        return Path(text) if text else None
    return text.strip()


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def check(config: Config) -> None:
    """Refuse what no role could run with. What one role needs besides, `check_role` says."""
    _one_of("role", config.role, ("all", "relay", "desk"))
    _one_of("lang", config.lang, ("ja", "en"))
    if not all(re.fullmatch("[0-9]{1,4}[hdwm]", part) for part in config.backup_keep):
        raise BadSetting("SOTTO_BACKUP_KEEP names hours, days, weeks and months, each once: 24h,7d,5w,3m.")
    if len({part[-1] for part in config.backup_keep}) != len(config.backup_keep):
        raise BadSetting(
            "SOTTO_BACKUP_KEEP names hours, days, weeks or months twice; each once: 24h,7d,5w,3m."
        )
    if config.second_place == "relay":
        raise BadSetting(
            "SOTTO_SECOND_PLACE is relay, which Sotto cannot do; choose folder (with SOTTO_JOURNAL_DIR) or none."
        )
    _one_of("second_place", config.second_place, ("none", "folder"))
    for name in ("port", "desk_port", "trust_port"):
        if not 0 < getattr(config, name) < 65536:
            raise BadSetting(f"{variable(name)} is {getattr(config, name)}; a port is between 1 and 65535.")
    if config.role == "all" and config.port == config.desk_port:
        raise BadSetting("SOTTO_PORT and SOTTO_DESK_PORT are the same; phone and desk need a port each.")
    if config.workers < 1 or config.sync_seconds < 1:
        raise BadSetting("SOTTO_WORKERS and SOTTO_SYNC_SECONDS must be at least 1.")
    for name in ("public_url", "desk_url", "relay_url"):
        _check_url(variable(name), getattr(config, name))
    _check_proxies(config)
    _check_security_log(config.security_log)
    _check_metrics(config)
    if config.log not in ("", "stdout") and not Path(config.log.removeprefix("file:")).is_absolute():
        raise BadSetting(f"SOTTO_LOG is {config.log!r}; write stdout or file:/path.")
    if (config.tls_cert is None) != (config.tls_key is None):
        raise BadSetting("SOTTO_TLS_CERT and SOTTO_TLS_KEY belong together; give both or neither.")
    if config.second_place == "folder" and config.journal_dir is None:
        raise BadSetting("SOTTO_SECOND_PLACE is folder; say which one with SOTTO_JOURNAL_DIR.")
    if config.breached_passwords is not None and not config.breached_passwords.is_file():
        raise BadSetting(f"SOTTO_BREACHED_PASSWORDS names {config.breached_passwords}, where no file is.")
    _check_database(config)
    _check_push(config)


def check_role(config: Config, role: str) -> None:
    """Refuse what `relay` or `desk` cannot start with."""
    if role == "desk":
        check_key_place(config)
        if config.role == "desk" and not config.relay_url:
            raise BadSetting("SOTTO_RELAY_URL is missing; the desk must know where its relay is.")


def check_key_place(config: Config) -> Path:
    """The desk's key file. Refused inside the data folder, where one stolen disk or backup would hold both."""
    if config.desk_key_file is None:
        raise BadSetting(
            "SOTTO_DESK_KEY_FILE is missing; name a file on another disk than the data folder "
            "(a memory card, a mounted secret). To try Sotto out, use --trial."
        )
    place, data = config.desk_key_file.resolve(), config.data.resolve()
    if place.is_relative_to(data) and not config.trial:
        raise BadSetting(
            f"The desk's key {place} lies inside the data folder {data}: whoever copies the folder reads every "
            "record. Put it elsewhere (SOTTO_DESK_KEY_FILE), or use --trial to try Sotto out."
        )
    return config.desk_key_file


def read_secret(name: str, file: Path) -> str:
    """What a file of one line holds. Raises BadSetting, which quotes nothing of it."""
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"{variable(name)} names {file}, which cannot be read ({type(error).__name__})."
        ) from None
    if not text or "\n" in text:
        raise BadSetting(f"{variable(name)} names {file}, which must hold one line and nothing else.")
    return text


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadSetting(f"{variable(name)} is {value!r}; write one of: {', '.join(allowed)}.")


def _check_url(key: str, url: str) -> None:
    if not url:
        return
    parts = urlsplit(url)
    if (
        parts.scheme not in ("https", "http")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise BadSetting(f"{key} is {url!r}; write an address like https://sotto.example.jp, without a path.")
    if parts.username or parts.password:
        raise BadSetting(f"{key} holds a user name or password; leave them out.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise BadSetting(
            f"{key} is {url!r}; plain http is for this machine alone, another one needs https://…."
        )


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine and never another (RFC 6761 for localhost)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check_security_log(where: str) -> None:
    kind, _, rest = where.partition(":")
    host, _, port = rest.rpartition(":")
    fits = {
        "": not rest,
        "stdout": not rest,
        "file": Path(rest).is_absolute(),
        "udp": bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65536,
    }
    if not fits.get(kind, False):
        raise BadSetting(f"SOTTO_SECURITY_LOG is {where!r}; write stdout, file:/path or udp:host:port.")


def _check_metrics(config: Config) -> None:
    if not config.metrics:
        return
    host, _, port = config.metrics.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadSetting(f"SOTTO_METRICS is {config.metrics!r}; write host:port, 127.0.0.1:9600.")
    if int(port) in (config.port, config.desk_port):
        raise BadSetting("SOTTO_METRICS is the port of phones or of people; numbers have one of their own.")


def _check_proxies(config: Config) -> None:
    try:
        networks = read_networks(config.trusted_proxies)
    except ValueError as error:
        raise BadSetting(
            f"SOTTO_TRUSTED_PROXIES: {error}; write addresses or networks like 10.0.0.5."
        ) from None
    if any(network.prefixlen == 0 for network in networks):
        raise BadSetting(
            "SOTTO_TRUSTED_PROXIES names every address there is; then anybody says who they are."
        )


def _check_database(config: Config) -> None:
    if config.database_url and config.database_url_file is not None:
        raise BadSetting("SOTTO_DATABASE_URL and SOTTO_DATABASE_URL_FILE are both given; give one of them.")
    scheme = config.database.partition(":")[0]
    if scheme not in ("sqlite", "postgresql", "postgres"):
        raise BadSetting(
            "SOTTO_DATABASE_URL is no address of a database; write postgresql://… or leave it empty."
        )
    if scheme != "sqlite":
        import psycopg  # a tenth of a second, and no relay over one file needs it
        from psycopg.conninfo import conninfo_to_dict

        try:
            conninfo_to_dict(config.database)
        except psycopg.Error:  # its text may hold the password
            raise BadSetting(
                "SOTTO_DATABASE_URL cannot be read; write it as for psql: postgresql://user@a:5432,b:5432/name"
            ) from None
    if scheme == "sqlite" and config.workers > 1:
        raise BadSetting("SOTTO_WORKERS is above 1, which needs PostgreSQL; set SOTTO_DATABASE_URL.")


def _check_push(config: Config) -> None:
    if config.vapid_subject and not config.vapid_subject.startswith(("https://", "mailto:")):
        raise BadSetting(f"SOTTO_VAPID_SUBJECT is {config.vapid_subject!r}; write https://… or mailto:….")
    for host in config.push_hosts:
        if _is_local(host) and not config.allow_insecure_push:
            raise BadSetting(
                f"SOTTO_PUSH_HOSTS names {host}, which is no push service: whoever subscribes there could make the "
                "relay call machines inside your network."
            )
        if "*" in host.removeprefix("*.") or host in ("", "*", "*."):
            raise BadSetting(
                f"SOTTO_PUSH_HOSTS names {host!r}; a star may stand only for the first part of a name."
            )


def _is_local(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host in LOCAL_NAMES or "." not in host
    return True
