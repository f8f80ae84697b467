"""Templates are written one element a line, and formatting them changes nothing that a page shows."""

from pathlib import Path

import pytest

from tools.format_templates import essence, format_template

FOLDER = Path(__file__).parent.parent / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_template_is_as_the_formatter_writes_it(path):
    """`python tools/format_templates.py` writes it."""
    source = path.read_text("utf-8")
    assert format_template(source) == source


@pytest.mark.parametrize(
    "source",
    [
        "<p></p>",
        "<p> </p>",
        "<b>a</b><b>b</b>",
        "<b>a</b> <b>b</b>",
        "<p>a{% if x %} b{% endif %}</p>",
        "<ul>{% for x in y %}<li>{{ x }}</li>{% endfor %}</ul>",
        "{% for x in y %}<b>{{ x }}</b>{% endfor %}",
        '<div class="note"><p>' + "long words of a note " * 12 + "</p></div>",
        '<textarea name="a">  two\n   lines </textarea>',
        '<a href="{{ url("a", b="c > d") }}"{% if x > 3 %} class="y"{% endif %}>z</a>',
        "{% macro a() %}x{% endmacro %}\n\n{% macro b() %}<p>y</p>{% endmacro %}",
        "<svg viewBox='0 0 1 1'><path d='M0 0'/><text>a  b</text></svg>" * 4,
    ],
)
def test_formatting_keeps_what_shows_and_is_done_once(source):
    made = format_template(source)
    assert essence(made) == essence(source)
    assert format_template(made) == made


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<b>a</b><b>b</b>", "<b>a</b> <b>b</b>"),
        ("<p></p>", "<p> </p>"),
        ("a{% if x %}b{% endif %}", "a {% if x %}b{% endif %}"),
        ("<textarea>a</textarea>", "<textarea> a</textarea>"),
    ],
)
def test_what_shows_is_told_apart(one, other):
    assert essence(one) != essence(other)
