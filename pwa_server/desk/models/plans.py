"""The read model's rows of a support plan: versions, what was said of them, who has the ball, monitoring, the end."""

from peewee import IntegerField, TextField

from ..core.tables import JsonField, Row


class PlanVersion(Row):
    """One whole wording of a case's plan. `id`: the event's; every version stays."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    plan = TextField()
    replaces = TextField(null=True)  # the version its writer looked at
    what = TextField()  # what is other than before
    content = JsonField()  # by `queries/plan_fields.PLAN`
    by = TextField()
    at = TextField()
    position = IntegerField()


class PlanStep(Row):
    """What a conference found, or the section chief decided, of one version."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    version = TextField()
    kind = TextField()  # agreed | decided
    result = TextField()  # fits | fits_changed | again; decided | returned
    on = TextField()
    note = TextField()
    by = TextField()
    at = TextField()
    position = IntegerField()


class Monitoring(Row):
    """How each goal stands, with the fact it was seen by."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    version = TextField()
    on = TextField()
    method = TextField()
    items = JsonField()  # [{"goal": id, "progress": ahead | kept | back | not_begun, "fact"}]
    next = TextField()  # go_on | change | conference | closing
    why = TextField()
    next_on = TextField(null=True)
    by = TextField()
    at = TextField()
    position = IntegerField()


class BallNote(Row):
    """What happened to a promise after the plan: given to somebody, asked about by voice, moved, done."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    ball = TextField()
    kind = TextField()  # passed | heard | moved | done
    organisation = TextField()
    person = TextField()
    staff = TextField(null=True)
    what = TextField()
    until = TextField(null=True)
    note = TextField()
    by = TextField()
    at = TextField()
    position = IntegerField()


class Ball(Row):
    """A promise somebody has: worked out of the decided plan and the notes after it (`projections/plans`)."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    organisation = TextField()
    person = TextField()
    staff = TextField(null=True)  # who of this office it is
    what = TextField()
    until = TextField()
    state = TextField()  # open | done | resting: its case is closed, or joined to another
    heard_on = TextField(null=True)
    heard = TextField()  # what was told when asked by voice

    class Meta:
        indexes = ((("state", "until", "id"), False), (("state", "staff"), False))


class CaseClosing(Row):
    """The evaluation a case ended with, and that it was opened again."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    on = TextField()
    changes = JsonField()  # [{"change", "who", "fact"}]
    words = TextField()
    result = TextField()
    stays = JsonField()  # [{"role", "organisation", "person", "what", "until"}]
    untold = TextField()  # why somebody was not told
    by = TextField()
    at = TextField()
    position = IntegerField()
    reopened_on = TextField(null=True)
    reopened_by = TextField(null=True)
    reopened_reason = TextField()


PLAN_TABLES: tuple[type[Row], ...] = (PlanVersion, PlanStep, Monitoring, BallNote, Ball, CaseClosing)
