"""Imports of ledgers: what the log tells of them (read model), and the files on their way in (the machine's own).

A file lies in the encrypted database from when it was handed in until its rows are in the log, or it is put away.
"""

from peewee import BlobField, CompositeKey, IntegerField, TextField

from ..core.tables import JsonField, Row


class Import(Row):
    """One import that was agreed to."""

    id = TextField(primary_key=True)
    kind = TextField()  # cases | contacts
    by = TextField()
    at = TextField(index=True)
    rows = IntegerField()  # that are to be taken
    columns = JsonField()  # names of the columns that were not taken


class ImportedRow(Row):
    """One row of it, as it was taken: the case it opened, or the contact it became."""

    id = TextField(primary_key=True)  # "import number"
    batch = TextField(index=True)
    number = IntegerField()  # of the row in the file
    opened = TextField()  # the case
    visit = TextField(null=True)
    back = TextField(null=True)  # when it was taken back


class ImportFile(Row):
    """A file on its way in, and how far it has come. `state`: read | running | done | stopped."""

    id = TextField(primary_key=True)
    staff = TextField(index=True)
    kind = TextField()
    name = TextField()
    encoding = TextField()
    at = TextField(index=True)
    state = TextField(index=True)
    head = JsonField()
    first = IntegerField()  # number of the first row
    matched = JsonField()  # {column: field}
    usual = JsonField()  # {field: what counts where a cell is empty}
    apart = JsonField()  # numbers of the rows that are left because the office may have them already
    done = IntegerField()  # rows looked at
    left = JsonField()  # [[row number, code]] not taken while it ran


class ImportLines(Row):
    """Its rows, packed: read by whoever looks at the file alone."""

    file = TextField(primary_key=True)
    packed = BlobField()  # JSON, deflated


class ImportColumn(Row):
    """Which field a column was taken for last time, by its name."""

    kind = TextField()
    head = TextField()
    field = TextField()

    class Meta:
        primary_key = CompositeKey("kind", "head")


IMPORT_TABLES: tuple[type[Row], ...] = (Import, ImportedRow)
IMPORT_FILES: tuple[type[Row], ...] = (ImportFile, ImportLines, ImportColumn)
