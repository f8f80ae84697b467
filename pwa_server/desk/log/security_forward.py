"""Hands lines of the security log to a collector: standard output, a file that rotates, or syslog over UDP.

One line of JSON each. What cannot be handed on stops nobody: the line lies in the desk's own log; the fault is told.
"""

import json
import logging
import logging.handlers
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pwa_server.config import Config

LARGEST, KEPT_FILES = 5_000_000, 10  # bytes; older files beside it
FACILITY = logging.handlers.SysLogHandler.LOG_AUTHPRIV
log = logging.getLogger("sotto.desk")


def forward(config: "Config", line: dict[str, Any]) -> None:
    if not config.security_log:
        return
    handler = _handler(config.security_log)
    text = json.dumps(line, ensure_ascii=False)
    handler.handle(logging.LogRecord("sotto.security", logging.INFO, "", 0, "%s", (text,), None))


class _Quiet:
    """A handler that fails tells so in one line and goes on."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the parent's name
        log.error("a line of the security log was not handed on")


class _File(_Quiet, logging.handlers.RotatingFileHandler):
    def _open(self) -> Any:
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        return super()._open()


class _Syslog(_Quiet, logging.handlers.SysLogHandler):
    append_nul = False


class _Stream(_Quiet, logging.StreamHandler):  # type: ignore[type-arg]  # generic only for type checkers
    pass


@lru_cache(maxsize=4)
def _handler(where: str) -> logging.Handler:
    kind, _, rest = where.partition(":")
    if kind == "file":
        return _File(Path(rest), maxBytes=LARGEST, backupCount=KEPT_FILES, encoding="utf-8", delay=True)
    if kind == "udp":
        host, _, port = rest.rpartition(":")
        return _Syslog((host.strip("[]"), int(port)), facility=FACILITY)
    return _Stream(os.fdopen(os.dup(1), "w", encoding="utf-8"))
