"""Templates are written one element a line, and formatting them changes nothing that a page shows."""

import re
from pathlib import Path

import jinja2
import pytest
from flask import Flask

from pwa_server.desk.app import BLUEPRINTS
from pwa_server.desk.pages.layout.undefined import Missing
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


@pytest.mark.parametrize(
    "source",
    [
        "{{ nobody }}",
        "{% if nobody %}x{% endif %}",
        "{{ nobody or 'x' }}",
        "{{ words.nobody }}",
        "{% if words.nobody %}x{% endif %}",
        "{{ form.nobody }}",
        "{% for one in form.nobody %}x{% endfor %}",
        "{{ form.nobody.more }}",
    ],
)
def test_a_name_nobody_gave_fails(source):
    with pytest.raises(jinja2.UndefinedError):
        jinja2.Environment(undefined=Missing).from_string(source).render(words=object(), form={"a": 1})


def test_a_key_that_data_lacks_may_be_asked_for():
    source = "{{ form.b or 'x' }}{% if form.b %}y{% endif %}{% if form.b == 1 %}y{% endif %}{{ 'z' if form.b != 1 }}"
    page = jinja2.Environment(undefined=Missing).from_string(source)
    assert page.render(form={"a": 1}) == "xz"


def test_every_address_a_page_or_a_template_names_is_there():
    desk = Flask("desk", static_folder="static")
    for module in BLUEPRINTS:
        desk.register_blueprint(module.pages)
    pages = FOLDER.parent / "pwa_server" / "desk" / "pages"
    found = {
        f"{path.name}: {name}"
        for path in (*(FOLDER / "desk").glob("*.html"), *pages.rglob("*.py"))
        for name in re.findall(r"""url_for\(\s*["']([a-z_]+(?:\.[a-z_]+)?)["']""", path.read_text("utf-8"))
        if name not in desk.view_functions
    }
    assert found == set()


def test_no_consent_bears_a_tick():
    """Consent is nobody's success: its tag is a word."""
    ticked = [
        f"{path.name}: {tag[0]}"
        for path in TEMPLATES
        for tag in re.finditer(r"<span[^<]*?tag-ok[^<]*</span>", path.read_text("utf-8"))
        if re.search(r"consent|'given'", tag[0])
    ]
    assert ticked == []


WORD = re.compile(r"[a-z][a-z0-9-]*")
STATIC = FOLDER.parent / "static"


def test_every_class_of_a_template_is_styled_or_read():
    """A class that no style sheet, script or test knows is a misspelt one, or says nothing."""
    styled = {
        name
        for path in (STATIC / "css").rglob("*.css")
        for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", path.read_text("utf-8"))
    }
    readers = [*(STATIC / "js/desk").rglob("*.js"), *(FOLDER.parent / "tests/browser").rglob("*.py")]
    read = set(re.findall(r"[\w-]+", "".join(path.read_text("utf-8") for path in readers)))
    unknown = {
        f"{path.name}: {name}"
        for path in TEMPLATES
        for told in re.findall(r'\bclass="([^"]*)"', path.read_text("utf-8"))
        for name in re.sub(r"\{[%{].*?[%}]\}", " \0 ", told, flags=re.DOTALL).split()
        if WORD.fullmatch(name) and not name.endswith("-") and name not in styled | read
    }
    assert len(styled) > 300
    assert unknown == set()
