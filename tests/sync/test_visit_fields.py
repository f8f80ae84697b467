"""What follows from the table of a visit's fields is as the table says (`python -m tools.visit_fields` writes it)."""

from tools.visit_fields import PAGE, TWIN, page, twin


def test_the_phones_twin_is_as_the_table_says():
    assert TWIN.read_text("utf-8") == twin()


def test_the_page_of_events_lists_the_added_fields():
    text = PAGE.read_text("utf-8")
    assert page(text) == text
