"""Coming in, and being kept out. Everything works as forms, without a script."""

import base64
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from pwa_server import texts
from pwa_server.desk.accounts import staff
from pwa_server.desk.accounts.page_state import KeptForm, SignInTry
from pwa_server.desk.app import create_desk
from pwa_server.desk.models.office_and_cases import Account, LogEntry, Office, Session, Staff
from pwa_server.desk.pages.layout.session import TRIES_FROM_ONE_ADDRESS
from pwa_server.desk.pages.office.sign_in import qr_path
from tests.desk_pages.conftest import PASSWORD, AtTheDesk


@pytest.fixture
def at_desk(signs_in):
    return signs_in


def six_digits(desk, secret: str) -> str:
    return staff.totp_code(base64.b32decode(secret), int(desk.clock().timestamp()) // staff.TOTP_STEP)


def read_qr(page: str) -> str:
    """What an authenticator's camera reads off the page, by a reader of another make."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"[^>]*>\s*<path class="qr-paper"', page)[1])
    square = Image.new("L", (size, size), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", page):
        square.putpixel((int(x), int(y)), 0)
    (code,) = zxingcpp.read_barcodes(square.resize((size * 4, size * 4), Image.Resampling.NEAREST))
    return code.text


def test_nothing_is_shown_to_somebody_who_has_not_signed_in(visitor):
    for path in (
        "/today",
        "/review",
        "/cases",
        "/cases/demo-002",
        "/people",
        "/access-log",
        "/settings",
        "/kept",
        "/prove",
    ):
        visitor.open(path)
        assert visitor.path.startswith("/sign-in"), path
        assert "DEMO-" not in visitor.page


def test_after_signing_in_the_page_that_was_asked_for_opens(app):
    nakagawa = AtTheDesk(app, "nakagawa")
    nakagawa.open("/cases/demo-002")
    nakagawa.sign_in()
    assert nakagawa.path.startswith("/cases/demo-002")


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(app, asked_unlike):
    nakagawa, stranger = AtTheDesk(app, "nakagawa"), AtTheDesk(app, "stranger")
    AtTheDesk(app, "another").sign_in()  # the first of all begins counts that are kept
    tries = [lambda who=who: who.sign_in(password="not-the-password") for who in (nakagawa, stranger)]
    assert asked_unlike(*tries) is None, "one of them takes longer"
    wrong, unknown = (again() for again in tries)
    sentence = "メールアドレス、パスワード、確認コードのどれかがちがいます"
    assert sentence in wrong.text
    assert sentence in unknown.text
    assert (nakagawa.status, stranger.status) == (403, 403)
    assert 'value="nakagawa@sample.invalid"' in nakagawa.page  # what was typed stays, the password does not
    assert "not-the-password" not in nakagawa.page


def test_after_five_mistakes_even_the_right_password_waits(app, office):
    nakagawa = AtTheDesk(app, "nakagawa")
    for _ in range(5):
        nakagawa.sign_in(password="not-the-password")
    assert "まで待ってください" in nakagawa.sign_in().text
    assert nakagawa.status == 429
    office.clock.pass_(minutes=16)
    assert "確認を待つ記録" in nakagawa.sign_in().text


def test_a_machine_that_guesses_from_one_address_is_slowed_down(app, office):
    guesser = AtTheDesk(app, "guesser")
    guesser.sign_in(email="guess1@sample.invalid")
    counted = SignInTry.get()
    for _ in range(TRIES_FROM_ONE_ADDRESS - 2):  # all but the last, without the slow hash of each
        SignInTry.create(address=counted.address, at=counted.at)
    assert "試しすぎです" not in guesser.sign_in(email="guess2@sample.invalid").text
    assert "試しすぎです" in guesser.sign_in(email="guess9@sample.invalid").text
    assert guesser.status == 429


def test_the_first_time_a_new_person_sets_up_code_and_password(app, office):
    staff.make_account(office.desk, "demo-nishimura", "nishimura@sample.invalid", "first-password-given")
    nishimura = AtTheDesk(app, "nishimura")
    page = nishimura.sign_in(password="first-password-given")
    assert "確認コードの準備" in page.text
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", nishimura.page))
    office_name = Office.get().name
    assert read_qr(nishimura.page) == staff.totp_uri(secret, "nishimura@sample.invalid", office_name)

    assert "確認コードがちがいます" in nishimura.send("/sign-in/set-up", code="000000").text
    assert secret == "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", nishimura.page)), (
        "the secret must stay"
    )
    nishimura.send("/sign-in/set-up", code=six_digits(office.desk, secret))
    assert nishimura.path.startswith("/sign-in/password")
    assert "12文字以上" in nishimura.send("/sign-in/password", password="short", again="short").text
    assert (
        "二つのパスワードがちがいます"
        in nishimura.send("/sign-in/password", password="long enough one", again="other").text
    )
    nishimura.send("/sign-in/password", password="a password of my own", again="a password of my own")
    assert nishimura.path.startswith("/today")

    nishimura.send("/sign-out")
    office.clock.pass_(seconds=60)
    nishimura.sign_in(password="a password of my own", code=six_digits(office.desk, secret))
    assert nishimura.path.startswith("/today")


def test_a_code_of_the_app_works_once(app, office):
    secret = staff.start_totp(office.desk, "demo-nakagawa")
    staff.check_totp(office.desk, "demo-nakagawa", six_digits(office.desk, secret))
    office.clock.pass_(seconds=60)
    code = six_digits(office.desk, secret)
    first, second = AtTheDesk(app, "nakagawa"), AtTheDesk(app, "nakagawa")
    first.sign_in(code=code)
    assert first.path.startswith("/today")
    second.sign_in(code=code)
    assert second.path.startswith("/sign-in")


def test_the_password_alone_is_not_enough_once_a_code_is_set_up(app, office):
    secret = staff.start_totp(office.desk, "demo-nakagawa")
    staff.check_totp(office.desk, "demo-nakagawa", six_digits(office.desk, secret))
    nakagawa = AtTheDesk(app, "nakagawa")
    nakagawa.sign_in()
    assert nakagawa.path.startswith("/sign-in/code")
    nakagawa.open("/today")
    assert nakagawa.path.startswith("/sign-in")
    nakagawa.open("/sign-in/password")
    assert "DEMO-" not in nakagawa.page
    nakagawa.send("/sign-in/password", password="stolen half way in", again="stolen half way in")
    assert staff.check_password(Account.get_by_id("demo-nakagawa").password, PASSWORD.format("nakagawa"))


def test_signing_in_gives_a_new_cookie_and_signing_out_ends_it(app):
    nakagawa = AtTheDesk(app, "nakagawa")
    nakagawa.open("/sign-in")
    before = nakagawa.client.get_cookie("sotto_desk").value
    nakagawa.sign_in()
    inside = nakagawa.client.get_cookie("sotto_desk").value
    assert before != inside
    nakagawa.open("/today")
    nakagawa.send("/sign-out")
    assert Session.select().count() == 0
    nakagawa.client.set_cookie("sotto_desk", inside)
    nakagawa.open("/today")
    assert nakagawa.path.startswith("/sign-in")


def test_what_was_typed_when_the_session_ended_is_kept_for_that_person_alone(app, at_desk, office, morning):
    nakagawa, question = at_desk("nakagawa"), "Bさんの受診は、だれが、いつ確かめますか。"
    nakagawa.open(f"/visits/{morning.worrying}")
    office.clock.pass_(minutes=21)
    page = nakagawa.send(f"/visits/{morning.worrying}/return", field="notes.view", question=question)
    assert "書きかけは残っています" in page.text
    assert question not in nakagawa.page

    tanaka = at_desk("tanaka")
    tanaka.open("/kept")
    assert question not in tanaka.page

    nakagawa.sign_in()
    assert nakagawa.path.startswith("/kept")
    assert question in nakagawa.page
    assert f'action="/visits/{morning.worrying}/return"' in nakagawa.page
    kept = re.search(r'name="kept" value="([0-9]+)"', nakagawa.page)[1]
    nakagawa.send(f"/visits/{morning.worrying}/return", field="notes.view", question=question, kept=kept)
    assert "質問を送りました" in nakagawa.page
    assert question in nakagawa.page
    nakagawa.open("/kept")
    assert nakagawa.path.startswith("/today"), "sent once, it is not offered again"


def test_no_password_is_ever_kept(app, at_desk, office):
    from pwa_server.desk.accounts.page_state import KeptForm

    tanaka = at_desk("tanaka")
    tanaka.open("/settings")
    office.clock.pass_(minutes=30)
    tanaka.send("/settings/password", password="new secret words", again="new secret words")
    assert [field for row in KeptForm.select() for field in row.fields] == []


def test_adding_a_phone_asks_for_a_fresh_proof_when_the_last_is_old(at_desk, office):
    nakagawa = at_desk("nakagawa")
    office.clock.pass_(minutes=11)
    page = nakagawa.open("/people/phones/add")
    assert nakagawa.path.startswith("/prove")
    assert "もう一度、確認します" in page.text
    assert "どれかがちがいます" in nakagawa.send("/prove", password="wrong").text
    nakagawa.send("/prove", password=PASSWORD.format("nakagawa"))
    assert nakagawa.path.startswith("/people/phones/add")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_gate_speaks_the_language_that_was_chosen_last(app, lang):
    nakagawa = AtTheDesk(app, "nakagawa")
    nakagawa.open("/sign-in")
    nakagawa.send("/language", lang=lang, back="/sign-in")
    assert f'<html lang="{lang}">' in nakagawa.page
    nakagawa.sign_in()
    assert f'<html lang="{lang}">' in nakagawa.page
    assert ("Waiting for review" in nakagawa.page) == (lang == "en")


def test_a_form_sent_with_a_cookie_that_was_signed_out_is_kept_for_nobody(app, at_desk, morning):
    """It was once offered to its owner at the next sign-in."""
    nakagawa = at_desk("nakagawa")
    nakagawa.open(f"/visits/{morning.worrying}")
    cookie, token = nakagawa.client.get_cookie("sotto_desk").value, nakagawa.token()
    nakagawa.send("/sign-out")
    planter = AtTheDesk(app, "planter")
    planter.client.set_cookie("sotto_desk", cookie)
    for path in (f"/visits/{morning.worrying}/return", "/people/demo-nishimura/role"):
        planter.send(path, csrf=token, question="planted words that are long", role="supervisor")
    assert KeptForm.select().count() == 0
    nakagawa.sign_in()
    assert nakagawa.path.startswith("/today")


def test_a_kept_form_is_offered_in_the_window_it_was_typed_in_and_nowhere_else(app, at_desk, office, morning):
    nakagawa = at_desk("nakagawa")
    nakagawa.open(f"/visits/{morning.worrying}")
    office.clock.pass_(minutes=21)
    nakagawa.send(
        f"/visits/{morning.worrying}/return", field="notes.view", question="a question of some length"
    )
    elsewhere = at_desk("nakagawa")
    assert elsewhere.path.startswith("/today")
    assert "a question of some length" not in elsewhere.open("/kept").text + elsewhere.page
    other = AtTheDesk(app, "tanaka")
    other.client.set_cookie("sotto_desk", nakagawa.client.get_cookie("sotto_desk").value)
    other.sign_in()
    assert KeptForm.select().count() == 0, "who comes next in that window finds nothing, and it is nobody's"


def test_a_kept_form_shows_all_that_it_would_send_and_where_to(supervisor, office, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    office.clock.pass_(minutes=21)
    target = f"/visits/{morning.worrying}/return"
    supervisor.send(target, field="notes.view", question="why?", hidden="x")
    page = supervisor.sign_in()
    assert target in page.text
    form = next(form for form in page.forms if form["action"] == target)
    hidden = re.findall(
        r'type="hidden" name="([^"]+)"', supervisor.page.split(f'action="{target}"')[1].split("</form>")[0]
    )
    assert set(hidden) - {"once", "drawn"} == {"csrf", "kept"}
    assert {"field", "question", "hidden"} <= set(form["fields"])


def test_a_kept_form_says_what_it_had_seen_when_it_was_typed(supervisor, at_desk, office):
    """With a fresh moment it would replace what a colleague wrote while this person was signed out."""
    target = "/cases/demo-002/assigned"
    form = next(one for one in supervisor.open(target).forms if "to" in one["fields"])
    typed = dict(form["fields"]) | {"from": "", "to": "demo-nishimura", "note": "typed"}
    office.clock.pass_(minutes=21)
    supervisor.send(target, **typed)
    colleague = at_desk("nakagawa")
    theirs = next(one for one in colleague.open(target).forms if "to" in one["fields"])
    colleague.send(target, **dict(theirs["fields"]) | {"from": "", "to": "demo-nishimura", "note": "first"})
    kept = next(one for one in supervisor.sign_in().forms if one["action"] == target)
    form = supervisor.page.split(f'action="{target}"')[1].split("</form>")[0]
    assert re.findall(r'name="(once|drawn)" value="([^"]*)"', form) == [
        ("once", typed["once"]),
        ("drawn", typed["drawn"]),
    ]
    before = LogEntry.select().count()
    supervisor.send(target, **kept["fields"] | {"note": "typed"})
    assert LogEntry.select().count() == before, "asked, not written over"
    assert "typed" in supervisor.page


@pytest.mark.parametrize("between", ["second window", "other role", "signed out", "another came", "stopped"])
def test_a_kept_form_belongs_to_the_person_and_the_window(app, office, at_desk, morning, between):
    nakagawa, words = at_desk("nakagawa"), "a question of some length"
    target = f"/visits/{morning.worrying}/return"
    nakagawa.open(f"/visits/{morning.worrying}")
    office.clock.pass_(minutes=21)
    nakagawa.send(target, field="notes.view", question=words)
    kept = KeptForm.get().id
    other = AtTheDesk(app, "tanaka")
    if between == "second window":
        other = AtTheDesk(app, "nakagawa")
        other.sign_in()
    elif between == "other role":
        other.sign_in()
    elif between == "signed out":
        nakagawa.sign_in()
        nakagawa.send("/sign-out")
        other = nakagawa
        other.sign_in()
    elif between == "another came":
        other.client = nakagawa.client
        other.sign_in()
        other.send("/sign-out")
        other = nakagawa
        other.sign_in()
    else:
        Staff.update(role="worker").where(Staff.id == "demo-nakagawa").execute()
        other = nakagawa
        other.sign_in()
    other.open("/kept")
    given = other.page
    other.open("/settings")
    other.send(target, kept=str(kept), field="notes.view", question="x" * 20)
    if between == "stopped":  # the same window and person: their words are theirs, the act is no longer
        assert words in given
        assert other.status == 403
    else:
        assert words not in given
    if between in ("second window", "other role"):
        assert KeptForm.select().count() == 1, "nobody else's press takes it away"


def test_what_changes_people_is_never_sent_on_from_a_session_that_had_ended(supervisor, office):
    supervisor.open("/people/demo-nishimura")
    office.clock.pass_(minutes=21)
    supervisor.send("/people/demo-nishimura/role", role="coordinator")
    page = supervisor.sign_in()
    assert supervisor.path.startswith("/kept")
    assert not [form for form in page.forms if (form["action"] or "").startswith("/people")]
    assert 'value="coordinator"' in supervisor.page, "what was typed is shown all the same"


def test_every_page_that_takes_a_form_has_a_name_for_what_was_kept(app):
    rooms = {rule.endpoint.split(".")[0] for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    for lang in ("ja", "en"):
        assert [room for room in rooms if not texts.has(lang, f"desk.kept.to.{room}")] == []


def test_a_person_sees_their_windows_and_ends_them(at_desk):
    first, second, third = at_desk("nakagawa"), at_desk("nakagawa"), at_desk("nakagawa")
    other = at_desk("tanaka")
    first.open("/settings")
    ids = re.findall(r'name="session" value="([0-9a-f]{64})"', first.page)
    assert len(ids) == 2
    theirs = Session.get(Session.staff == "demo-tanaka").id
    first.send("/settings/sessions", session=theirs)
    other.open("/today")
    assert other.status == 200
    assert not other.path.startswith("/sign-in"), "nobody ends another's"
    first.send("/settings/sessions", session=ids[0])
    left = [one for one in (second, third) if "/sign-in" not in (one.open("/cases"), one.path)[1]]
    assert len(left) == 1
    first.open("/settings")
    first.send("/settings/sessions")
    left[0].open("/cases")
    assert left[0].path.startswith("/sign-in")
    first.open("/cases")
    assert first.path.startswith("/cases")


# Every cookie of the desk, from the source: one that is added is asked for here.
COOKIES = set(
    re.findall(
        r'^\w*COOKIE\w*(?:, \w+)? = "(\w+)"',
        "\n".join(file.read_text("utf-8") for file in Path("pwa_server/desk").rglob("*.py")),
        re.MULTILINE,
    )
)


def test_over_https_every_cookie_is_bound_to_this_host(app, office):
    from dataclasses import replace

    office.desk.config = replace(office.config, desk_url="https://desk.example.jp")
    app = create_desk(office.desk.config, office.desk)
    client = app.test_client()
    answers = [client.get("/sign-in", base_url="https://desk.example.jp")]
    token = re.search(r'name="csrf" value="([0-9a-f]{64})"', answers[0].get_data(as_text=True))[1]
    answers.append(
        client.post(
            "/language", data={"lang": "en", "csrf": token}, base_url="https://desk.example.jp",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    )  # fmt: skip
    answers.append(client.get("/follow-ups", base_url="https://desk.example.jp"))  # where somebody was going
    given = {"email": "nakagawa@sample.invalid", "password": PASSWORD.format("nakagawa"), "csrf": token}
    entered = client.post(
        "/sign-in", data=given, base_url="https://desk.example.jp", headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert entered.location.endswith("/follow-ups")
    answers += [entered, client.get("/today", base_url="https://desk.example.jp")]
    cookies = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    assert {re.match(r"__Host-(\w+)=", line)[1] for line in cookies} == COOKIES
    for line in cookies:
        assert line.startswith("__Host-")
        assert "Secure" in line
        assert "Path=/" in line
        assert "Domain" not in line


@pytest.mark.parametrize("name", ["", "市", "人とくらしのサポートセンター" * 4])
def test_the_code_of_any_office_can_be_read(name):
    uri = staff.totp_uri("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", f"{'long' * 40}@sample.invalid", name)
    path, size = qr_path(uri)
    page = f'<svg viewBox="0 0 {size} {size}"><path class="qr-paper"/><path d="{path}"/></svg>'
    assert read_qr(page) == uri
