"""What stands around every page: where forms may come from, headers, errors of one shape, and silence about names."""

import re
from pathlib import Path

import pytest
from flask import g

from pwa_server import texts
from pwa_server.desk.app import LONGEST_FORM, ROOT
from pwa_server.desk.models.office_and_cases import Staff
from tests.desk_pages.conftest import SAME_ORIGIN, AtTheDesk

PAGES = (
    "/today",
    "/review",
    "/review?show=done",
    "/cases",
    "/cases?show=all",
    "/cases/demo-001",
    "/cases/demo-002",
    "/cases/demo-040",
    "/follow-ups",
    "/follow-ups?show=past",
    "/held",
    "/statistics",
    "/people",
    "/people?show=desk",
    "/people?show=stopped",
    "/people/add",
    "/people/phones/add",
    "/access-log",
    "/settings",
    "/settings/passkeys/new",
    "/keys",
)


@pytest.fixture
def at_desk(signs_in):
    return signs_in


def all_pages(person: AtTheDesk, morning) -> list[str]:
    visits = [morning.urgent, morning.worrying, morning.fell_through, morning.answered, morning.crossing]
    person.open("/people")
    found = re.findall(r'href="(/people/phones/[\w-]{43}|/review-box/[\w-]+)"', person.page)
    person.open("/held")
    found += re.findall(r'href="(/held/[^"]+)"', person.page)
    assert len(found) == 4
    return [*PAGES, *(f"/visits/{one}" for one in visits), *found]


def test_every_page_opens_and_says_something_in_both_languages(supervisor, morning):
    for lang in ("ja", "en"):
        supervisor.open("/settings")
        supervisor.send("/language", lang=lang)
        for path in all_pages(supervisor, morning):
            page = supervisor.open(path)
            assert supervisor.status == 200, path
            assert f'<html lang="{lang}">' in supervisor.page, path
            assert "<h1" in supervisor.page
            assert not re.search(r"desk\.[a-z_.]+\b(?!\.js|\.css)", page.text), path


def test_no_address_and_no_title_holds_a_name(supervisor, morning):
    names = {part for row in Staff.select() for part in row.name.split()}
    for path in all_pages(supervisor, morning):
        page = supervisor.open(path)
        for text in [
            page.title,
            supervisor.path,
            *page.links,
            *(form["action"] or "" for form in page.forms),
        ]:
            assert not [name for name in names if name in text], (path, text)


def test_no_form_leaves_what_was_typed_in_the_browsers_history(supervisor, visitor, morning):
    """Chromium writes it into files, in clear, unless the form says no. Sign-in alone is filled in by
    password managers.
    """
    forms = 0
    for path in all_pages(supervisor, morning):
        supervisor.open(path)
        tags = re.findall(r"<form\b[^>]*>", supervisor.page)
        assert all('autocomplete="off"' in tag for tag in tags), path
        forms += len(tags)
    assert forms > 40
    visitor.open("/sign-in")
    assert 'autocomplete="current-password"' in visitor.page


def test_every_page_carries_the_strict_headers(supervisor, morning):
    for path in all_pages(supervisor, morning):
        supervisor.open(path)
        headers = supervisor.answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_has_inline_script_or_style_or_calls_anybody_else(supervisor, morning):
    for path in all_pages(supervisor, morning):
        supervisor.open(path)
        assert not re.search(
            r"<style|\sstyle=|\son[a-z]+=\"|<script(?! type=\"module\" src=\"/)", supervisor.page
        ), path
        for url in re.findall(r'(?:src|href|action)="([^"]+)"', supervisor.page):
            assert url.startswith(("/", "#", "?")), (path, url)


def test_every_form_is_a_post_with_a_token_and_every_link_opens(supervisor, morning):
    seen = set()
    for path in all_pages(supervisor, morning):
        page = supervisor.open(path)
        for form in page.forms:
            if form["method"] == "get":  # a list narrowed: what stands in the address names no household
                assert set(form["fields"]) <= {"show", "staff", "days", "view", "month", "on"}, (path, form)
            else:
                assert form["method"] == "dialog" or "csrf" in form["fields"], (path, form)
        seen |= {link.split("#")[0] for link in page.links if link.startswith("/")}
    for link in sorted(seen):
        supervisor.open(link)
        assert supervisor.status == 200, link


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_token(supervisor, headers):
    supervisor.open("/settings")
    supervisor.send("/settings", headers=headers, dense="on")
    assert supervisor.status == 403
    assert "この画面から送られたものではない" in supervisor.page


def test_a_form_without_its_token_or_with_another_persons_is_refused(supervisor, at_desk):
    other = at_desk("tanaka").token()
    supervisor.open("/settings")
    for token in ("", other, "0" * 64, "é"):
        supervisor.send("/settings", csrf=token, dense="on")
        assert supervisor.status == 403, token


def test_the_cookie_is_a_secret_and_nothing_else(supervisor):
    cookie = supervisor.client.get_cookie("sotto_desk")
    assert len(cookie.value) == 43
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_errors_have_one_shape_for_people_and_one_for_scripts(supervisor):
    page = supervisor.open("/nothing/here")
    assert supervisor.status == 404
    assert "その画面や記録は見つかりません" in page.text
    answer = supervisor.client.get("/nothing/here", headers={"Accept": "application/json"})
    assert answer.get_json() == {"error": "not_found", "detail": texts.t("ja", "desk.error.not_found")}
    answer = supervisor.client.post(
        "/today", headers={"Accept": "application/json", **SAME_ORIGIN}, data={"csrf": supervisor.token()}
    )
    assert (answer.status_code, answer.get_json()["error"]) == (405, "method_not_allowed")


def test_a_fault_of_ours_says_nothing_of_what_was_in_it(app, visitor, caplog):
    @app.get("/sign-in/break", endpoint="sign_in.break")
    def broken():
        raise RuntimeError("秘密の記録")

    page = visitor.open("/sign-in/break")
    assert visitor.status == 500
    assert "秘密の記録" not in visitor.page
    assert "秘密の記録" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert "こちらの不具合です" in page.text


def test_what_is_too_big_is_refused(supervisor):
    supervisor.open("/settings")
    supervisor.send("/settings", dense="x" * (LONGEST_FORM + 1))
    assert supervisor.status == 413


def test_nobody_is_led_to_another_site_after_signing_in(app):
    from pwa_server.desk.pages.layout.session import next_place

    with app.test_request_context():
        g.secret = "a window's"
        for path in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
            assert next_place("demo-nakagawa", path) == "/today"
        assert next_place("demo-nakagawa", "/cases/demo-002") == "/cases/demo-002"


def test_every_key_that_templates_and_pages_name_exists():
    wrong = []
    for file in sorted((ROOT / "templates/desk").glob("*.html")):
        source = file.read_text("utf-8")
        for key in re.findall(r'\bt\(\s*[\'"]([a-zA-Z_.0-9]+[a-zA-Z_0-9])[\'"](?!\s*~)', source):
            if not texts.has("ja", key):
                wrong.append((file.name, key))
    for file in sorted(Path(ROOT / "pwa_server/desk").rglob("*.py")):
        for key in re.findall(r'(?:words\.t|say)\(\s*"([a-z_.0-9A-Z]+)"', file.read_text("utf-8")):
            if not texts.has("ja", key):
                wrong.append((file.name, key))
    assert wrong == []


def test_a_visitor_who_does_not_sign_in_leaves_nothing_in_the_database(office, app):
    """Every address, a new visitor each time, with and without a page of ours behind it; then it is as it was."""
    from pwa_server.desk.accounts.page_state import PAGE_TABLES

    # Who tried to sign in, and what was refused: bounded in number and time, and there for nothing else.
    kept_for_a_while = {"signintry", "signinpause", "securityline"}

    def rows():
        tables = [table for table in office.desk.db.get_tables() if table not in kept_for_a_while]
        return {
            table: office.desk.db.execute_sql(f'select count(*) from "{table}"').fetchone()[0]
            for table in tables
        }

    before = rows()
    assert {table._meta.table_name for table in PAGE_TABLES} <= {*before, "signintry"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        path = app.url_map.bind("x").build(
            rule.endpoint,
            dict.fromkeys(rule.arguments, "1"),
            method="GET" if "GET" in rule.methods else "POST",
        )
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            client = app.test_client()
            page = client.get("/sign-in").get_data(as_text=True)
            token = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)[1]
            for headers in (
                {"Sec-Fetch-Site": "same-origin"},
                {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"},
            ):
                client.open(
                    path, method=method, data={"csrf": token} if method == "POST" else None, headers=headers
                )
    assert rows() == before


def test_who_signs_in_arrives_where_they_were_going(app, visitor):
    visitor.open("/follow-ups?show=all")
    assert visitor.path.startswith("/sign-in")
    visitor.name = "nakagawa"
    visitor.sign_in()
    assert visitor.path.startswith("/follow-ups?show=all")
    visitor.send("/sign-out")
    visitor.sign_in()
    assert visitor.path.startswith("/?") or visitor.path.startswith("/today")


def test_nothing_of_how_it_is_built_is_told(app, visitor, supervisor):
    """No repository, listing, console, settings or numbers; no TRACE; no debugger."""
    assert not app.debug
    assert not app.testing
    hidden = (
        "/.git/config",
        "/.env",
        "/static/",
        "/static/js/",
        "/static/../app.py",
        "/console",
        "/metrics",
        "/docs",
    )
    for path in hidden:
        for person in (visitor, supervisor):
            answer = person.client.get(path)
            assert answer.status_code in (302, 404), path
            assert answer.status_code == 404 or "/sign-in" in answer.location, path
    for path in ("/", "/sign-in", "/static/css/desk.css"):
        assert supervisor.client.open(path, method="TRACE").status_code in (403, 405), path
