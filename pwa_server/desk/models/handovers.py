"""The read model's row of a hand-over (つなぎ) to another section or agency: what was told, why, the answer."""

from peewee import TextField

from sync.events import GROUNDS

from ..core.tables import JsonField, Row

CONSENT, UNNAMED, LAW = GROUNDS
ANSWERS = ("taken", "not_taken")
HOW = ("here", "phone", "letter", "meeting")


class Handover(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    by = TextField()
    at = TextField()
    to = TextField()  # the section or agency
    person = TextField()  # who there, as far as it is known
    receiver = TextField(null=True, index=True)  # who of it has an account here
    ground = TextField()  # consent | unnamed | law
    law = TextField(null=True)
    reason = TextField()  # why that law
    told = JsonField()  # scopes (`models.households`)
    contact = TextField()  # name, address and telephone, when that was among what is told
    text = TextField()
    answer_by = TextField()  # DATE
    withdrawn_at = TextField(null=True)
    withdrawn_reason = TextField()
    answer = TextField(null=True, index=True)  # taken | not_taken
    answer_why = TextField()
    answered_by = TextField()  # the name of whoever answered
    answered_how = TextField()  # here | phone | letter | meeting
    answered_on = TextField(null=True)
    noted_by = TextField(null=True)  # who wrote the answer down
    noted_at = TextField(null=True)

    @property
    def waits(self) -> bool:
        return self.answer is None and self.withdrawn_at is None


HANDOVER_TABLES: tuple[type[Row], ...] = (Handover,)
