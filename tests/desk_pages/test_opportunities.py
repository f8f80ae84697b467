"""活躍の場: kept with how much there is of what, looked at again, and named by nobody's story; how its host is supported."""

from pwa_server import texts
from pwa_server.desk.models.office_and_cases import AccessView
from pwa_server.desk.models.opportunities import FIELDS, HostContact, Opportunity
from pwa_server.desk.projections.append_and_apply import make_event, record
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries.access import ROLES, cell
from pwa_server.desk.queries.opportunities import Wanted, is_old, listed

PLACE = {
    "name": "おもちゃ修理の会", "host": "電器屋の会", "kind": "volunteering", "state": "open", "place": "公民館の裏",
    "times": "第1・第3土曜 13:30", "shortest": "15", "doing": "古いゲーム機を直す", "people": "2", "noise": "2",
    "gaze": "1", "talk": "1", "people_words": "ふだん5人", "alone": "yes", "anonymous": "yes",
    "verified_until": "2027-05-31", "contact": "電器屋 077-000-0051",
}  # fmt: skip


def test_what_was_kept_as_calm_is_read_as_load_the_other_way(office):
    desk = office.desk
    for calm, load in ((1, 5), (3, 3), (5, 1)):
        told = {
            "opportunity": f"old-{calm}", "name": "朝の畑", "host": "", "kind": "farming", "place": "", "times": "",
            "calm": calm, "anonymous": True, "note": "15分だけでもよい", "state": "open", "verifiedUntil": None,
        }  # fmt: skip
        record(desk, make_event("opportunity.set", None, told, desk.now()), "demo-nakagawa", "demo-nakagawa")
        row = Opportunity.get_by_id(f"old-{calm}")
        assert (row.load, row.people, row.noise, row.talk) == (load,) * 4
        assert (row.gaze, row.note, row.shortest) == (None, "15分だけでもよい", None)
    before = list(dump())
    assert rebuild(desk)[1] == []
    assert list(dump()) == before


def test_a_place_is_written_found_looked_at_again_and_printed(comes, office, supervisor):
    kimura = comes("木村 進", "community")
    kimura.open("/")
    assert kimura.path.startswith("/places")
    kimura.open("/places/new")
    wrong = kimura.send("/places/new", **PLACE | {"kind": "", "name": "長" * 81, "verified_until": "きのう"})
    assert kimura.status == 400
    for sentence in (
        "desk.places.wrong.kind",
        "desk.area.wrong.too_long",
        "desk.places.wrong.verified_until",
    ):
        assert texts.t("ja", sentence) in wrong.text
    assert PLACE["doing"] in kimura.page  # nothing typed is lost
    kimura.send("/places/new", **PLACE)
    row = Opportunity.get()
    assert (row.load, row.shortest, row.alone, row.anonymous, row.found_on) == (
        2,
        15,
        True,
        True,
        "2026-11-24",
    )
    opened = supervisor.open(f"/places?open={row.id}")
    for told in (
        *(PLACE[name] for name in ("doing", "people_words", "times")),
        "15分から",
        "名乗らなくてよい",
    ):
        assert told in opened.text
    assert PLACE["contact"] not in supervisor.page
    assert PLACE["name"] in supervisor.open("/places/print").text
    for narrow, there in (("load=1", False), ("load=2", True), ("anonymous=yes", True), ("kind=salon", False),
                          ("state=open", True), ("old=yes", False), ("load=nine", True)):  # fmt: skip
        assert (PLACE["name"] in supervisor.open(f"/places?{narrow}").text) == there, narrow
    assert PLACE["name"] in supervisor.send("/places/find", q="ゲーム機").text
    office.clock.pass_(days=200)
    assert is_old(row, office.desk.today())
    assert [one.id for one in listed(Wanted(old=True), office.desk.today())] == [row.id]
    again = Opportunity.get_by_id(row.id).verified_until
    ohno = comes("大野 恵", "participation")
    for page in ("/places", "/places/print"):
        assert PLACE["name"] in ohno.open(page).text  # it does not vanish
    assert texts.t("ja", "desk.places.old_hint") in ohno.open(f"/places?open={row.id}").text
    ohno.send(f"/places/{row.id}/check")
    row = Opportunity.get_by_id(row.id)
    assert row.verified_until > again
    assert not is_old(row, office.desk.today())
    assert row.found_on == "2026-11-24"


def test_no_text_of_a_place_or_of_a_talk_with_its_host_names_anybody(comes, office):
    """Each text everybody reads, one at a time: a case's number never, the rest is asked about."""
    ohno = comes("大野 恵", "participation")
    ohno.open("/places/new")
    for one in FIELDS:
        ohno.send("/places/new", **PLACE | {one.name: "DEMO-002の方も", "nobody": "yes"})
        assert ohno.status == 400, one.name
        assert texts.t("ja", "desk.named.never") in ohno.page
        ohno.send("/places/new", **PLACE | {one.name: "佐藤さんの畑"})
        assert ohno.status == 400, one.name
    assert not Opportunity.select().exists()
    ohno.send("/places/new", **PLACE | {"name": "佐藤さんの畑", "nobody": "yes"})
    row = Opportunity.get()
    path = f"/places/{row.id}/host"
    ohno.open(path)
    ohno.send(path, how="phone", words="DEMO-002の方が休む日のこと", nobody="yes")
    assert ohno.status == 400
    ohno.send(path, how="", words="")
    assert ohno.status == 400
    ohno.send(path, how="phone", on="2026-11-20", words="休みの日の声かけを相談した")
    talk = HostContact.get()
    assert talk.words in ohno.open(path).text
    ohno.send(f"/places/talks/{talk.id}/undo")
    assert talk.words not in ohno.open(path).text


def test_how_a_host_is_reached_opens_by_a_click_for_who_keeps_it_and_is_noted(comes):
    kimura = comes("木村 進", "community")
    kimura.open("/places/new")
    kimura.send("/places/new", **PLACE)
    row = Opportunity.get()
    hint = kimura.open("/places/new").text.split(texts.t("ja", "desk.places.contact"))[1]
    said = hint.split("だけが開けます")[0].rpartition(">")[2].strip().split("、")
    for role in ROLES:
        person = kimura if role == "community" else comes(role, role)
        assert (texts.t("ja", f"role.{role}") in said) == bool(cell(role, "host_contacts")[0]), role
        for path in ("/places", f"/places?open={row.id}", "/places/print"):
            assert PLACE["contact"] not in person.open(path).text, (role, path)
        shown = PLACE["contact"] in person.open(f"/places/{row.id}/host").text
        assert shown == bool(cell(role, "host_contacts")[0]), role
        noted = AccessView.select().where(
            (AccessView.staff == person.id) & (AccessView.what == f"host {row.id}")
        )
        assert noted.exists() == shown
    seen = (AccessView.staff == kimura.id) & (AccessView.what == f"host {row.id}")
    AccessView.delete().where(seen).execute()
    assert PLACE["contact"] in kimura.open(f"/places/{row.id}/change")._page
    assert AccessView.select().where(seen).exists()  # to change it is to open it
