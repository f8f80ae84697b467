"""Those around a household: 山本 is a commissioner (民生委員), 大野 supports taking part, 木村 works in the area."""

from pwa_server.desk import actions
from pwa_server.desk.models.community import Notice
from pwa_server.desk.models.office_and_cases import AccessView, CaseFile, Staff
from pwa_server.desk.projections.rebuild import dump, rebuild


def agreed(office):
    """The person agreed that those concerned are told."""
    told = {"purpose": "sharing", "recipient": "関係機関", "scope": "", "method": "oral", "status": "given", "givenBy": "本人",
            "on": "2026-11-20"}  # fmt: skip
    actions.note_consent(office.desk, office.person("nakagawa"), "demo-002", told)


def test_a_commissioner_tells_what_they_noticed_and_is_thanked(comes, supervisor):
    yamamoto = comes("山本 とし", "commissioner")
    page = yamamoto.open("/")
    assert yamamoto.path.startswith("/notices")
    assert "電話をしてください" in page.text
    wrong = yamamoto.send("/notices", who="角の家の方", place="大路", noticed="", named="no")
    assert "ここを入れてください" in wrong.text
    assert "角の家の方" in yamamoto.page  # nothing typed is lost
    long = "長" * 2001
    wrong = yamamoto.send("/notices", who="角の家の方", place="大路", noticed=long, named="perhaps")
    assert "2000文字までのところ、2001文字あります" in wrong.text
    assert "この答えは選べません" in wrong.text
    assert long in yamamoto.page
    told = yamamoto.send(
        "/notices", who="角の家の方", place="大路", noticed="新聞がたまっている", named="ask"
    )
    assert "センターに届きました" in told.text
    assert "お返事を待っています" in told.text

    assert "新聞がたまっている" in supervisor.open("/notices").text
    notice = Notice.select().first()
    asked = supervisor.send(f"/notices/{notice.id}", thanks="ありがとうございました")
    assert "返事を一つ選んでください" in asked.text
    supervisor.send(f"/notices/{notice.id}", answer="taken_up", thanks="ありがとうございました")
    assert "うかがうことにしました" in yamamoto.open("/notices").text


def test_a_commissioner_knows_of_a_household_its_name_and_how_to_come_and_nothing_else(comes, office):
    yamamoto = comes("山本 とし", "commissioner")
    nakagawa = office.person("nakagawa")
    actions.set_safety(
        office.desk, nakagawa, "demo-002", "two_people", "大型犬、夫が怒鳴る", "地域包括", "2027-01-01"
    )
    agreed(office)
    actions.assign(office.desk, nakagawa, "demo-002", yamamoto.id)
    page = yamamoto.open("/notices")
    case = CaseFile.get_by_id("demo-002")
    assert "二人で訪問" in page.text
    assert case.kana in page.text
    for kept in ("大型犬", case.summary, case.title, case.no):
        assert kept not in page.text, kept
    assert yamamoto.open("/cases/demo-002").text.count(case.title) == 0
    assert (
        AccessView.select().where((AccessView.staff == yamamoto.id) & (AccessView.what == "watched")).exists()
    )


def test_all_of_it_is_rebuilt_from_the_log_row_for_row(comes, office):
    yamamoto = comes("山本 とし", "commissioner")
    yamamoto.open("/notices")
    yamamoto.send("/notices", who="", place="", noticed="灯りがつかない", named="yes")
    comes("木村 進", "community").send("/issues/new", title="交通が少ない", what="バスが来ない")
    assert Staff.get_by_id(yamamoto.id).role == "commissioner"
    before = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == before
