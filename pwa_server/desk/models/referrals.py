"""つなぎ: a consultation that somebody of another body wrote, and what was asked of them (domain.md 7.1, P4)."""

from peewee import TextField

from ..core.tables import Row

# Questions of the intake form (`consultations.FIELDS`) that a referral asks, in this order; `reason` is needed here.
ASKED = {
    "consent": ("consent", "consentScope", "consentMethod", "consentOn", "consentKnown"),
    "source": ("urgency", "sourceOrg", "sourceDomain", "route"),
    "words": ("reason", "personComplaint", "familyComplaint", "topics", "expected", "household", "address"),
    "person": ("name", "reading", "ageBand", "sex", "telephone", "accommodation", "introduceAs"),
}
NEEDED = ("consent", "urgency", "reason")
LONGEST_CALLED, LONGEST_ASKED = 60, 300


class Referral(Row):
    """One referral; its id is its consultation's. Whoever sent it reads of it what `queries/referrals.Answer` has."""

    id = TextField(primary_key=True)
    by = TextField(index=True)
    at = TextField()
    called = TextField()  # what they call the household
    organisation = TextField()  # theirs, as they wrote it
    taken_by = TextField(null=True)
    taken_at = TextField(null=True)
    asked = TextField()  # what the office asks of them, written for them
    until = TextField(null=True)
    asked_by = TextField(null=True)
    asked_at = TextField(null=True)

    @property
    def case(self) -> str:
        """Under which case one asks who may see it."""
        return str(self.id)


REFERRAL_TABLES: tuple[type[Row], ...] = (Referral,)
