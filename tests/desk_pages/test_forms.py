"""Forms are declared (`pages/layout/forms.py`, the tables of `queries`); a refused one comes back as it was typed."""

import ast
from pathlib import Path

import pytest

from pwa_server.desk.pages.layout.refused_forms import Pieces, filled_again
from tests.desk_pages.conftest import SAME_ORIGIN

PAGES = Path(__file__).parents[2] / "pwa_server" / "desk" / "pages"
# Who treats any form as such, whatever fields it has; everybody else declares the fields it reads.
ANY_FORM = {
    "layout/forms.py": "reads what the shapes declare",
    "layout/guards.py": "the token of every form",
    "layout/once.py": "the mark of every form, over all it holds",
    "layout/drafts.py": "the draft of every form that names one",
    "layout/refused_forms.py": "gives any refused form back",
    "layout/session.py": "keeps any form while somebody signs in again",
    "office/meanwhile.py": "shows any form again that others changed meanwhile",
}
# The table reads its own fields, rows among them.
BY_TABLE = {
    "cases/closing.py": "plan_fields.CLOSING",
    "cases/monitoring.py": "plan_fields.MONITORING, PASSING",
    "cases/plan.py": "plan_fields.PLAN",
    "visits/contacts.py": "sync/visit_fields.json",
    "visits/disclosure.py": "a paragraph each",
}


def uses(path, name):
    """Whether a module has `request.NAME` or calls NAME."""
    return any(
        (isinstance(one, ast.Attribute) and one.attr == name and ast.unparse(one.value) == "request")
        or (isinstance(one, ast.Call) and ast.unparse(one.func) == name)
        for one in ast.walk(ast.parse(path.read_text("utf-8")))
    )


@pytest.mark.parametrize(("name", "reasons"), [("form", ANY_FORM), ("sent_form", BY_TABLE)])
def test_no_page_reads_a_field_by_hand(name, reasons):
    found = {str(path.relative_to(PAGES)) for path in PAGES.rglob("*.py") if uses(path, name)}
    assert found == set(reasons), "declare the form (pages/layout/forms.py) instead of reading its fields"


def test_what_does_not_fit_comes_back_beside_its_field(supervisor):
    page = supervisor.send(
        "/cases/demo-002/safety", kind="dog", text="大きな犬", source="ご近所" * 80, review_on="いつか"
    )
    assert supervisor.path.startswith("/cases/demo-002")
    assert "200文字までのところ、240文字あります" in page.text
    form = next(one for one in page.forms if one["fields"].get("text") == "大きな犬")
    assert form["fields"]["source"] == "ご近所" * 80
    assert form["fields"]["review_on"] == "いつか"
    assert 'aria-describedby="refused-source"' in supervisor.page
    again = supervisor.open("/cases/demo-002")
    assert "大きな犬" not in supervisor.page  # once
    assert "文字までのところ" not in again.text


def test_it_is_put_back_for_the_person_and_the_page_it_came_from_alone(supervisor):
    given = {"csrf": supervisor.token(), "kind": "dog", "text": "大きな犬", "review_on": ""}
    supervisor.client.post("/cases/demo-002/safety", data=given, headers=SAME_ORIGIN)
    supervisor.open("/today")
    assert "大きな犬" not in supervisor.page
    supervisor.open("/cases/demo-002")
    assert "大きな犬" in supervisor.page


PAGE = """<details class="fold"><summary>x</summary>
<form method="post" action="/a"><input type="hidden" name="id" value="1"><input name="text" value="one &gt; two">
</form></details>
<details><form method="post" action="/a"><input type="hidden" name="id" value="2">
<input name="text" value='a > b' data-x=1><input type="checkbox" name="tick" value="yes" checked>
<input type="radio" name="one" value="a" checked><input type="radio" name="one" value="b">
<select name="kind"><option value="">-</option><option value="x" selected>X</option><option value="y">Y</option></select>
<textarea name="long">before</textarea><input type="password" name="password"><br/></form></details>
<script>if (a < b) "</form>"</script>
"""


def test_a_page_cut_into_pieces_is_the_page_to_the_letter():
    assert "".join(one.text for one in Pieces(PAGE).found) == PAGE


def test_the_form_about_the_same_thing_is_filled_and_its_fold_opened(supervisor):
    sent = [["id", "2"], ["text", '"<&'], ["one", "b"], ["kind", "y"], ["long", "\n</textarea>"]]
    with supervisor.client.application.test_request_context("/"):
        page = filled_again(PAGE, "/a", [*sent, ["password", "secret"]], {"text": "too <long>"})
        assert filled_again(PAGE, "/a", [["id", "3"], ["text", "x"]], {}) == PAGE  # nobody's
    first, second = page.split("</details>")[:2]
    assert first == PAGE.split("</details>", maxsplit=1)[0]
    assert second.lstrip().startswith("<details open>")
    assert '<span class="error" id="refused-text">too &lt;long&gt;</span><input name="text"' in second
    assert 'value="&quot;&lt;&amp;"' in second
    assert "'a > b'" not in second
    assert '<input type="checkbox" name="tick" value="yes">' in second
    assert '<input type="radio" name="one" value="b" checked>' in second
    assert '<option value="y" selected>' in second
    assert '<option value="x">' in second
    assert '<textarea name="long">\n\n&lt;/textarea&gt;</textarea>' in second
    assert "secret" not in page
