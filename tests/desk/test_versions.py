"""Which phones run an older app: versions are hashes, so what counts is when the office first heard of each."""

from datetime import timedelta

from pwa_server.desk.exchange.app_versions import newest_app, note_app


def test_the_newest_version_is_the_one_first_heard_of_last_whatever_its_letters(desk, clock):
    assert newest_app() == ""
    for heard in ("zV9", "aK2", "zV9"):  # a phone that was away still runs the first one
        note_app(desk, heard)
        clock.time += timedelta(hours=1)
    assert newest_app() == "aK2"
