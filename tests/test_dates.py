"""Dates read as a person in a Japanese office writes them."""

from datetime import UTC, date, datetime

import pytest

from pwa_server.dates import era_date, local, moment, read_time, short_date


@pytest.mark.parametrize(
    ("day", "japanese", "english"),
    [
        (date(2024, 2, 21), "令和6年2月21日（水）", "21 Feb 2024 (Wed)"),
        (date(2019, 5, 1), "令和元年5月1日（水）", "1 May 2019 (Wed)"),
        (date(2019, 4, 30), "平成31年4月30日（火）", "30 Apr 2019 (Tue)"),
        (date(1989, 1, 7), "昭和64年1月7日（土）", "7 Jan 1989 (Sat)"),
        (date(1989, 1, 8), "平成元年1月8日（日）", "8 Jan 1989 (Sun)"),
        (date(1926, 12, 24), "大正15年12月24日（金）", "24 Dec 1926 (Fri)"),
    ],
)
def test_full_dates(day, japanese, english):
    assert era_date(day) == japanese
    assert era_date(day, "en") == english


def test_short_dates():
    assert short_date(date(2024, 2, 21)) == "2/21（水）"
    assert short_date(date(2024, 2, 21), "en") == "21 Feb (Wed)"


def test_a_late_evening_in_utc_is_the_next_day_in_japan():
    assert moment("2024-02-20T15:30:00Z") == "2/21（水） 00:30"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        local(datetime(2024, 2, 21))  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="not a UTC time"):
        read_time("2024-02-21T00:00:00+09:00")
    assert local(datetime(2024, 2, 21, tzinfo=UTC)).hour == 9
