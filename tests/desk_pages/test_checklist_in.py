"""A workbook's meaning is kept, or named by sheet, row and column: each column, each type, each setting
XLSForm knows.
"""

import io
from pathlib import Path

import openpyxl
import pytest
from pyxform import aliases
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from pwa_server.desk.actions.checklist_import import left_out_types, read_workbook
from pwa_server.desk.models.figures import ChecklistDraft
from pwa_server.desk.models.office_and_cases import Checklist
from pwa_server.desk.queries.checklist_rules import LONGEST_TEXT, faults_of
from sync.conditions import asked, required
from tests.desk_pages.test_checklists import as_shown, send

WORKBOOKS = Path(__file__).parent / "workbooks"
FIRST = {"type": "select_one yn", "name": "p", "label": "けががありますか"}
QUESTION = {"type": "text", "name": "q", "label": "どこですか"}
YN = [
    {"list_name": "yn", "name": "yes", "label": "はい"},
    {"list_name": "yn", "name": "no", "label": "いいえ"},
]
# What stands in a column, where another text would mean nothing.
SAMPLE = {
    "type": "integer",
    "command": "integer",
    "name": "other",
    "tag": "other",
    "value": "other",
    "required": "yes",
    "bind::required": "yes",
    "relevant": "${p} = 'yes'",
    "relevance": "${p} = 'yes'",
    "bind::relevant": "${p} = 'yes'",
    "disabled": "yes",
    "read_only": "yes",
    "readonly": "yes",
    "bind::readonly": "yes",
    "urgent": "yes",
    "default_language": "English (en)",
}
TYPED = {"type": "command", "name": "tag"}  # a column whose place another one takes
SURVEY_COLUMNS = sorted(
    {
        *aliases.survey_header,
        *(
            "type",
            "name",
            "label",
            "hint",
            "default",
            "disabled",
            "guidance_hint",
            "media::image",
            "media::video",
        ),
        *(
            "bind::relevant",
            "bind::required",
            "bind::readonly",
            "bind::calculate",
            "bind::constraint",
            "bind::type",
        ),
        *(
            "bind::jr:constraintMsg",
            "bind::jr:requiredMsg",
            "bind::jr:noAppErrorString",
            "control::appearance",
        ),
        *(
            "instance::x",
            "body::accept",
            "choice_filter",
            "parameters",
            "trigger",
            "save_to",
            "save_instance",
            "notes",
        ),
        *("autoplay", "repeat_count", "body::accuracyThreshold", "label::English (en)", "hint::English (en)"),
        *(
            "label::Français (fr)",
            "hint:Deutsch",
            "constraint_message::English (en)",
            "Label::日本語 (ja)",
            "a column of ours",
        ),
    }
)
CHOICE_COLUMNS = sorted(
    {
        *aliases.list_header,
        "list_name",
        "name",
        "label",
        "urgent",
        "image",
        "media::image",
        "label::fr",
        "label::en",
        "geometry",
    }
)
SETTINGS = sorted(
    {
        *aliases.settings_header,
        *(
            "form_title",
            "form_id",
            "version",
            "default_language",
            "intro",
            "style",
            "instance_name",
            "public_key",
        ),
        *(
            "submission_url",
            "allow_choice_duplicates",
            "auto_send",
            "auto_delete",
            "namespaces",
            "client_editable",
        ),
        *(
            "clean_text_values",
            "name",
            "omit_instanceID",
            "sms_keyword",
            "form_title::fr",
            "form_title::English (en)",
        ),
    }
)


def book(survey, choices=YN, settings=None):
    """A workbook from rows by column."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in (
        ("survey", survey),
        ("choices", choices),
        ("settings", [settings or {"form_title": "確認"}]),
    ):
        sheet = made.create_sheet(name)
        heads = list(dict.fromkeys(head for row in rows for head in row))
        sheet.append(heads)
        for row in rows:
            sheet.append([row.get(head) for head in heads])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(*survey, **others):
    body, problems, without = read_workbook(book(list(survey), **others))
    return body, problems, without


def is_named(problems, sheet, row, head):
    return any(
        one[:2] == (sheet, row) and head.lower() in str(one[3].get("column", "")).lower() for one in problems
    )


def same_column(row, head):
    """The row with this column filled, in place of the one that means the same."""
    spelled = {"caption": "label", "command": "type", "tag": "name", "value": "name"}.get(head, head)
    return {name: value for name, value in row.items() if name != spelled} | {
        head: SAMPLE.get(head, "なにか")
    }


@pytest.mark.parametrize("head", SURVEY_COLUMNS)
def test_each_column_of_the_survey_is_kept_or_named(head):
    before, problems, _ = read(FIRST, QUESTION)
    assert problems == []
    body, problems, _ = read(FIRST, same_column(QUESTION, head))
    if problems:
        assert is_named(problems, "survey", 3, head), problems
    else:
        assert body != before
        assert faults_of(body) == []


@pytest.mark.parametrize("head", CHOICE_COLUMNS)
def test_each_column_of_the_choices_is_kept_or_named(head):
    rows = [{"list_name": "w", "name": one, "label": one} for one in ("a1", "b1", "c1")]
    form = (QUESTION | {"type": "select_one w"},)
    before, problems, _ = read(*form, choices=rows)
    assert problems == []
    told = same_column(rows[2], head)
    if head in ("list name", "list_name"):
        told = {name: value for name, value in told.items() if name != "list_name"} | {head: "another"}
    body, problems, _ = read(*form, choices=[*rows[:2], told])
    if problems:
        assert is_named(problems, "choices", 4, head) or head in ("name", "value"), problems
    else:
        assert body != before


@pytest.mark.parametrize("head", SETTINGS)
def test_each_setting_is_kept_or_named_or_said_to_be_left_out(head):
    before, _, _ = read(QUESTION)
    body, problems, without = read(QUESTION, settings={head: SAMPLE.get(head, "なにか")})
    told = [one for one in problems if one[2] != "no_title"]
    if told:
        assert is_named(told, "settings", 2, head), told
    elif head in without:
        assert body is None or body["items"] == before["items"]
    else:
        assert body != before or head == "default_language"


def test_the_form_s_own_language_decides_what_a_plain_label_is():
    row = {"type": "text", "name": "q", "label": "Where?", "label::日本語 (ja)": "どこですか"}
    body, problems, _ = read(row, settings={"form_title": "x", "default_language": "English (en)"})
    assert problems == []
    assert body["items"][0]["text"] == {"ja": "どこですか", "en": "Where?"}
    assert read(row)[0]["items"][0]["text"] == {"ja": "どこですか", "en": "Where?"}
    _, problems, _ = read(row, settings={"form_title": "x", "default_language": "Français (fr)"})
    assert is_named(problems, "settings", 2, "default_language")
    _, problems, _ = read(row | {"label::English (en)": "Where is it?"})
    assert is_named(problems, "survey", 2, "label")


TYPES = sorted(
    {
        *QUESTION_TYPE_DICT,
        *aliases.select,
        "range",
        "select_one yn or_other",
        "xml-external",
        "begin repeat",
        "end repeat",
        "begin loop",
        "begin lgroup",
        "begin looped group",
        "matrix",
        "",
    }
)


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_is_kept_named_or_said_to_be_left_out(kind):
    told = f"{kind} yn" if kind in aliases.select else kind
    body, problems, without = read(FIRST, QUESTION | {"type": told})
    if problems:
        assert ("survey", 3) in {one[:2] for one in problems}
        assert any(one[2] in ("type", "list") for one in problems)
    elif without:
        assert kind.lower() in left_out_types()
        assert without == [kind]
        assert len(body["items"]) == 1
    else:
        assert len(body["items"]) == 2


EVERYTHING = [
    {"type": "begin group", "name": "before", "label": "前"},
    FIRST
    | {"label::English (en)": "Any injury?", "required": "TRUE", "hint": "声に出して読まない\n見て書く"},
    {"type": "end group"},
    {"type": "begin_group", "name": "wound", "label": "けがのこと", "relevant": "${p} = 'yes'"},
    QUESTION | {"relevant": "selected(${p}, 'yes')", "required": "yes", "default": "左の手"},
    {"type": "integer", "name": "days", "label": "何日前", "required": "${q} != ''", "default": "3"},
    {"type": "note", "name": "n", "label": "救急は119"},
    {"type": "end_group"},
    {"type": "select_one seen", "name": "face", "label": "顔を見ましたか", "default": "no"},
    {"type": "date", "name": "d", "label": "長" * LONGEST_TEXT, "default": "2026-11-30"},
]
SEEN = [
    {"list_name": "seen", "name": "yes", "label": "直接見た"},
    {"list_name": "seen", "name": "no", "label": "声だけ"},
]


def test_all_that_is_kept_stands_on_the_desk_s_page_and_in_the_phone_s_document(supervisor, office):
    phone = office.phone_of("kobayashi")
    send(supervisor, book(EVERYTHING, choices=[*YN, *SEEN]), name="wounds")
    body = ChecklistDraft.get_by_id("wounds").body
    items = {one["id"]: one for one in body["items"]}
    supervisor.open("/checklists/wounds")
    for told in (
        "声に出して読まない",
        "selected(${p}, &#39;yes&#39;)",
        "左の手",
        "直接見た",
        "長" * LONGEST_TEXT,
    ):
        assert told in supervisor.page, told
    supervisor.send("/checklists/wounds", do="publish", **as_shown(supervisor, "wounds"))
    assert Checklist.get(Checklist.id == "wounds").body["items"] == body["items"]
    office.round(phone)
    document = phone.m.documents["checklist/wounds"]
    assert document["items"] == body["items"]

    assert items["p"]["hint"]["ja"] == "声に出して読まない\n見て書く"
    assert (items["q"]["must"], items["q"]["mustWhen"]) == (
        False,
        "true()",
    )  # a phone of before demands nothing unasked
    assert items["days"]["start"] == {"n": 3}
    assert items["n"]["parts"] == items["wound"]["parts"] == []
    assert items["face"]["choices"][0]["ja"] == "直接見た"
    assert asked(body["items"], {"p": {"b": "no"}, "q": {"t": "左の手"}}) == ["p", "face", "d"]
    assert required(body["items"], {"p": {"b": "yes"}, "q": {"t": "左の手"}}) == ["p", "q", "days"]


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"relevant": "count-selected(${p}) > 1"}, "condition"),
        ({"relevant": "${nobody} = 1"}, "condition_name"),
        ({"relevant": "${p} = yes"}, "condition"),
        ({"required": "regex(${p}, '.')"}, "condition"),
        ({"default": "today()"}, "default"),
        ({"type": "integer", "default": "三"}, "default"),
        ({"label": "長" * (LONGEST_TEXT + 1)}, "long"),
        ({"label": "${p} ですか"}, "inserted"),
        ({"relevant": "${p} = 'yes'", "relevance": "${p} = 'no'"}, "twice_column"),
        ({"read_only": "yes"}, "column"),
    ],
)
def test_what_cannot_be_kept_is_named_with_its_column_and_nothing_is_read(row, key):
    body, problems, _ = read(FIRST, QUESTION | row)
    assert body is None
    assert [(one[0], one[1], one[2]) for one in problems] == [("survey", 3, key)]


NAMED = {
    "three_languages.xlsx": {"label::Français (fr)"},
    "default_readonly.xlsx": {"guidance_hint::日本語 (ja)", "media::image", "read_only"},
}


@pytest.mark.parametrize("file", sorted(WORKBOOKS.glob("*.xlsx")), ids=lambda file: file.stem)
def test_workbooks_people_sent(file):
    body, problems, _ = read_workbook(file.read_bytes())
    assert {one[3]["column"] for one in problems} == NAMED.get(file.name, set())
    assert (body is None) is bool(problems)
    if file.stem == "group_relevance":
        assert body["items"][-1]["when"] == "${smokes} = 'yes'"
    if file.stem == "bind_columns":
        assert [one.get("when") for one in body["items"]] == [None, "${a} = 'yes'", "${a} = 'yes'"]
    if file.stem == "label_and_ja":
        assert body["items"][0]["text"] == {"ja": "気づいたこと", "en": "What did you notice?"}
