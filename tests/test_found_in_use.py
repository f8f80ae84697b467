"""Every input and every walk by hand that once went wrong, and the test that tries its kind again.

An input stands here as a small file of its own; a walk by its steps in short. A row whose test or file is gone
fails, and so does a file of these folders that no row names.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
FOLDERS = ("desk/events", "desk/pictures", "desk_pages/workbooks")
PICTURES, PAPERS = "desk/test_pictures.py", "desk_pages/test_household.py"
WORKBOOKS = "desk_pages/test_checklist_in.py"
SENT = "test_workbooks_people_sent"

# file below this folder: where it is read, and by which tests
INPUTS = {
    "desk/events/year2_followup.json": ("desk/test_intake.py", ["test_a_day_no_calendar_has_is_held"]),
    "desk/pictures/head_of.heic": (PAPERS, ["test_half_a_picture_from_an_iphone"]),
    "desk/pictures/with_place.heic": (PAPERS, ["test_the_page_says_what_is_true_of_this_file"]),
    "desk/pictures/webp_with_place.webp": (PAPERS, ["test_the_page_says_what_is_true_of_this_file"]),
    "desk/pictures/signature_transparent.png": (PAPERS, ["test_the_page_says_what_is_true_of_this_file"]),
    "desk/pictures/palette_alpha.png": (PAPERS, ["test_the_page_says_what_is_true_of_this_file"]),
    "desk/pictures/mpo_index_broken.jpg": (PAPERS, ["test_the_page_says_what_is_true_of_this_file"]),
    "desk/pictures/wide.icc": (PICTURES, ["test_a_wide_profile"]),
    "desk_pages/workbooks/bind_columns.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/default_readonly.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/group_relevance.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/heads.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/hint.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/label_and_ja.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/required_condition.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/three_languages.xlsx": (WORKBOOKS, [SENT]),
    "desk_pages/workbooks/yes_no_own_words.xlsx": (WORKBOOKS, [SENT]),
}

# what was done by hand: file, and how the test's name begins
WALKS = {
    "a name searched in the spelling of the register, desk": (
        "desk_pages/test_search.py",
        "test_every_spelling_finds_the_household",
    ),
    "the same, phone": (
        "js/phone/search.test.js",
        "spaces, variation selectors, half-width kana",
    ),
    "a year typed wrong, the field": ("js/phone/times.test.js", "every field for a day refuses the years"),
    "a year typed wrong, already stored": (
        "desk_pages/test_bad_rows.py",
        "test_absurd_values_in_the_log_stop",
    ),
    "a year typed wrong, mended by a person": ("desk_pages/test_bad_rows.py", "test_a_person_mends_dates"),
    "an answer taken back": ("js/phone/kept.test.js", "an answer taken back is absent"),
    "36.5 in a whole number": ("js/phone/kept.test.js", "what was typed for a number and is none"),
    "36.5, by hand": ("browser/journeys/test_kept.py", "test_two_windows_an_added_promise"),
    "two windows on one draft": ("browser/core/test_store.py", "test_two_windows_writing_one_draft_at_once"),
    "two windows, one saves": ("browser/core/test_store.py", "test_what_one_window_typed_is_in_the_record"),
    "a follow-up given to somebody who left": (
        "desk_pages/test_owners.py",
        "test_nobody_is_given_what_their_role_cannot_have",
    ),
    "a person stopped with a follow-up": (
        "desk_pages/test_owners.py",
        "test_a_person_who_holds_something_is_not_stopped",
    ),
    "a draft of yesterday": ("js/phone/times.test.js", "a contact ends when its outcome is picked"),
    "25.5 hours on one line": ("js/phone/day.test.js", "days in era and weekday, times by the 24-hour clock"),
    "25.5 hours, desk and paper": ("desk_pages/test_figures.py", "test_days_are_told_as_people_say_them"),
    "a year not shown": ("js/phone/day.test.js", "days in era and weekday, times by the 24-hour clock"),
    "in a week, of a visit written late": ("js/phone/times.test.js", "in a week is a week after the visit"),
    "a name in letters NFC would change": (
        "js/phone/kept.test.js",
        "a name in letters of a register goes out",
    ),
    "a promise typed and not added": ("js/phone/kept.test.js", "every list with a key for adding keeps"),
    "a button pressed twice on a slow line": (
        "desk_pages/test_once.py",
        "test_every_writing_form_pressed_twice_at_once",
    ),
    "a session that ends under an upload": (
        "desk_pages/test_kept_upload.py",
        "test_title_and_file_are_sent_on_after_signing_in",
    ),
    "one person in two windows of the desk": (
        "desk_pages/test_meanwhile.py",
        "test_in_every_form_a_second_window_is_asked",
    ),
    "a body without events, with none, with 201": (
        "desk_pages/test_phones.py",
        "test_what_opens_and_cannot_be_read_in",
    ),
}


def names(file: str) -> list[str]:
    """Of the tests in a file of Python or JavaScript."""
    text = (HERE / file).read_text("utf-8")
    return [one or other for one, other in re.findall(r'^def (test_\w+)|^test\(\s*"([^"]+)"', text, re.M)]


def test_every_input_is_kept_here_and_read_by_a_test():
    lying = {str(one.relative_to(HERE)) for folder in FOLDERS for one in (HERE / folder).iterdir()}
    assert sorted(lying ^ set(INPUTS)) == []
    for file, (where, begins) in INPUTS.items():
        text = (HERE / where).read_text("utf-8")
        name = Path(file).name
        assert name in text or "WORKBOOKS.glob" in text, file
        for one in begins:
            assert any(told.startswith(one) for told in names(where)), (file, one)


def test_every_walk_is_walked_again():
    for walk, (where, begins) in WALKS.items():
        assert any(told.startswith(begins) for told in names(where)), walk
