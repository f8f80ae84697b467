"""How long each kind of record is kept; and the read model's rows of legal holds and of disposals by two people."""

from dataclasses import dataclass

from peewee import TextField

from ..core.tables import JsonField, Row


@dataclass(frozen=True)
class Kind:
    """A kind of record and how it goes. `years`: until the office says otherwise; None is no number of years.

    `goes`: two (two people dispose of it) | with (with its last household) | itself (the program lets it go) |
    stays (it proves what was done, or counts and names nobody).
    """

    name: str
    goes: str
    years: int | None = None


OPTION = "retention"  # of the office: {kind: years as text}
LEAST_YEARS, MOST_YEARS = 1, 99
# Five years after closing is common practice for consultation files and grant evidence (domain.md 2.6).
KINDS: tuple[Kind, ...] = (
    Kind("case", "two", 5),
    Kind("consultation", "two", 5),
    Kind("notice", "two", 3),
    Kind("request", "two", 3),
    Kind("conference", "with"),
    Kind("received", "itself"),
    Kind("backup", "itself"),
    Kind("journal", "itself"),
    Kind("security_log", "itself"),
    Kind("access_log", "stays"),
    Kind("figures", "stays"),
    Kind("certificate", "stays"),
    Kind("people", "stays"),
    Kind("area", "stays"),
)
SUBJECTS = tuple(one.name for one in KINDS if one.goes == "two")
YEARS_OVER, ASKED = (
    "retention",
    "request",
)  # grounds: its years are over | the person asked, and it was granted
PROPOSED, REFUSED, CARRIED_OUT = "proposed", "refused", "carried_out"


class Hold(Row):
    """Records that must not go although their years are over, and why."""

    id = TextField(primary_key=True)  # event id
    case = TextField(index=True)  # the case, or the consultation
    reason = TextField()
    by = TextField()
    at = TextField()
    lifted_by = TextField(null=True)
    lifted_at = TextField(null=True)
    lifted_reason = TextField()


class Disposal(Row):
    """Proposed by one person, decided by another; once carried out it is the certificate. It names nobody served."""

    id = TextField(primary_key=True)
    by = TextField()
    at = TextField(index=True)
    ground = TextField()  # retention | request
    subjects = JsonField()  # [{"kind", "id", "no", "ended", "due"}]: number and days, no name
    state = TextField(index=True)  # proposed | refused | carried_out
    decided_by = TextField(null=True)
    decided_at = TextField(null=True)
    gone = JsonField()  # {what: how many}
    until = TextField(null=True)  # DATE after which no backup of this program holds it any more


class DisposedCase(Row):
    """A case or consultation whose key was destroyed: what still arrives for it is not taken into the log."""

    id = TextField(primary_key=True)
    disposal = TextField()


YEAR_TABLES: tuple[type[Row], ...] = (Hold, Disposal, DisposedCase)
