"""Pages and the look at the relay share one database: neither keeps the other from writing, and the look never ends."""

from concurrent.futures import ThreadPoolExecutor

from pwa_server.desk.exchange import sync_round
from pwa_server.desk.models.key_values import get_state, set_state
from pwa_server.desk.models.office_and_cases import Staff, State
from pwa_server.desk.queries import search


def written_by_a_page(desk, name):
    """Another thread, with a connection of its own."""

    def write():
        with desk.write():
            set_state(name, "written")
        desk.close()

    with ThreadPoolExecutor(1) as pages:
        pages.submit(write).result(60)


def test_a_list_gone_through_does_not_hold_the_database_as_it_was(desk):
    """A phone that joined was never put on the roster: a page had written between the list's first row and a note's."""
    seen = []
    for person in Staff.select().order_by(Staff.id):
        if not seen:
            written_by_a_page(desk, "page")
        with desk.write():
            set_state(f"seen {person.id}", True)
        seen.append(person.id)
    assert len(seen) == Staff.select().count() > 2
    assert get_state("page") == "written"


def test_the_index_of_a_long_log_is_made_while_pages_write(desk):
    with desk.write():
        set_state(search.POSITION, 0)
    batches = 0
    while batch := search.next_batch(5):  # as `catch_up` does, with a page between reading and writing
        batches += 1
        written_by_a_page(desk, f"page {batches}")
        search.index_batch(desk, batch)
    assert batches > 2
    assert get_state(f"page {batches}") == "written"


def test_the_look_at_the_relay_outlives_a_fault_that_cannot_even_be_noted(desk):
    """Once it ended there: nothing came in or went out until somebody started the desk again."""
    desk.db.execute_sql("alter table state rename to gone")
    assert sync_round._look(desk) is not None
    desk.db.execute_sql("alter table gone rename to state")
    assert State.select().exists()
    assert sync_round._look(desk) is None
