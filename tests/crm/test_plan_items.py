"""The activity plan: read by year and focus area, moved on where it stands, copied to the next year, fulfilled by what was done."""

import datetime

import pytest
from django.utils import timezone

from crm.exceptions import RegisterError
from crm.models import ChangeSet, PlanItem, PlanLink
from crm.services.plan_items import copy_plan, plan_of
from crm.services.undo import undo
from crm.training import FocusArea
from crm.years import OperatingYear
from tests.crm.exports import export, table
from tests.crm.test_import_other import bring_in
from tests.factories.crm import ActivityFactory, ContactFactory, PlanItemFactory, PlanLinkFactory, ProjectFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
YEAR, NEXT = OperatingYear(2017), OperatingYear(2018)
TODAY = datetime.date(2018, 3, 1)


def texts(plan):
    return {area.area.value: [(reason.why, [item.what for item in reason.items]) for reason in area.reasons] for area in plan.areas}


def test_plan_stands_in_focus_areas_and_reasons_in_its_order():
    PlanItemFactory(focus_area=2, why="Därför", what="B", position=1)
    PlanItemFactory(focus_area=2, why="Därför", what="A", position=0)
    PlanItemFactory(focus_area=2, why="Annat", what="C", position=2)
    PlanItemFactory(focus_area=4, why="", what="D")
    PlanItemFactory(year=NEXT, what="E")
    assert texts(plan_of(YEAR, TODAY)) == {1: [], 2: [("Därför", ["A", "B"]), ("Annat", ["C"])], 3: [], 4: [("", ["D"])]}


@pytest.mark.parametrize(
    ("state", "day", "late"),
    [
        ("planned", TODAY, False), ("planned", TODAY - DAY, True), ("going_on", TODAY - DAY, True),
        ("done", TODAY - DAY, False), ("dropped", TODAY - DAY, False), ("planned", None, False),
    ],
)  # fmt: skip
def test_what_should_have_been_done_is_late(state, day, late):
    item = PlanItemFactory(state=state, target_day=day)
    assert bool(plan_of(YEAR, TODAY).overdue) == late
    assert list(PlanItem.objects.overdue(TODAY)) == ([item] if late else [])


def test_activities_and_projects_fulfil_it_unless_archived_and_in_a_fixed_number_of_queries(django_assert_num_queries):
    item = PlanLinkFactory(activity__day=TODAY).planitem
    PlanLinkFactory(planitem=item, activity__day=TODAY + DAY)
    PlanLinkFactory(planitem=item, activity__archived_at=timezone.now())
    PlanLinkFactory(planitem=item, activity=None, project=ProjectFactory(archived_at=timezone.now()))
    project = PlanLinkFactory(planitem=item, activity=None, project=ProjectFactory())
    for _number in range(4):
        PlanLinkFactory(planitem=PlanItemFactory(responsible=ContactFactory()))
    with django_assert_num_queries(2):
        (found, *_others) = plan_of(YEAR, TODAY).items
        assert project in found.fulfilled_by
        assert (len(found.fulfilled_by), found.activities_held) == (3, 1)


def test_state_is_set_on_the_page_and_undone(staff, staff_client):
    item = PlanItemFactory(what="Årskonferens", how="- Borås\n• November\n\nTema")
    assert item.steps == ["Borås", "November", "Tema"]
    response = staff_client.post(f"/admin/planitem/state/{item.pk}/", {"state": "done"}, follow=True)
    assert "Årskonferens”: Klart" in response.content.decode()
    item.refresh_from_db()
    assert item.state == "done"
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    item.refresh_from_db()
    assert item.state == "planned"
    assert staff_client.post(f"/admin/planitem/state/{item.pk}/", {"state": "nonsens"}).status_code == 404
    assert staff_client.post("/admin/planitem/state/999999/", {"state": "done"}).status_code == 404


def test_next_years_plan_begins_with_what_is_left(staff):
    PlanItemFactory(what="Kvar", state="going_on", target_day=datetime.date(2020, 2, 29), responsible=ContactFactory(), outcome="halvvägs")
    PlanItemFactory(what="Klart", state="done")
    PlanItemFactory(what="Där redan", state="planned")
    PlanItemFactory(what="Där redan", year=NEXT)
    (copied,) = copy_plan(YEAR, NEXT, acting_user=staff)
    assert (copied.what, copied.state, copied.target_day, copied.outcome) == ("Kvar", "planned", datetime.date(2021, 2, 28), "")
    assert copied.responsible
    with pytest.raises(RegisterError):
        copy_plan(YEAR, NEXT, acting_user=staff)
    assert [one.what for one in copy_plan(YEAR, NEXT, acting_user=staff, with_done=True)] == ["Klart"]


def test_plan_is_copied_from_the_page(staff_client):
    PlanItemFactory(what="Kvar")
    page = staff_client.get("/admin/planitem/plan/2018/").content.decode()
    assert "Ta över från 2017/2018" in page
    response = staff_client.post("/admin/planitem/plan/2018/copy/", follow=True)
    assert "1 punkt är kopierad från 2017/2018" in response.content.decode()
    assert staff_client.post("/admin/planitem/plan/2017/copy/").status_code == 404
    for address in ("plan/1500/", "plan/99999999/"):
        assert staff_client.get(f"/admin/planitem/{address}").status_code == 404


def test_page_without_a_year_is_of_this_one_or_of_the_latest_plan(staff_client):
    PlanItemFactory(what="Den gamla")
    assert "Den gamla" in staff_client.get("/admin/planitem/plan/").content.decode()
    PlanItemFactory(what="Den nya", year=OperatingYear.current())
    assert "Den nya" in staff_client.get("/admin/planitem/plan/").content.decode()


def test_onlooker_reads_the_plan_and_changes_nothing(onlooker_client):
    item = PlanLinkFactory(activity__subject="Träff i Borås").planitem
    page = onlooker_client.get("/admin/planitem/plan/2017/").content.decode()
    assert item.what in page
    assert "Träff i Borås" in page
    assert "<select" not in page
    for address in (f"state/{item.pk}/", "plan/2018/copy/", f"delete/{item.pk}/"):
        onlooker_client.post(f"/admin/planitem/{address}", {"state": "done"})
    assert (PlanItem.objects.get().state, PlanItem.objects.count()) == ("planned", 1)


def test_who_may_not_see_activities_is_not_told_of_them(onlooker, onlooker_client):
    from django.contrib.auth.models import Permission

    onlooker.user_permissions.remove(Permission.objects.get(codename="view_activity"))
    PlanLinkFactory(activity__subject="Träff i Borås")
    assert "Träff i Borås" not in onlooker_client.get("/admin/planitem/plan/2017/").content.decode()
    onlooker.user_permissions.remove(Permission.objects.get(codename="view_planitem"))
    assert onlooker_client.get("/admin/planitem/plan/2017/").status_code in (302, 403)


def test_item_is_written_with_what_fulfils_it(staff_client):
    activity, project = ActivityFactory(), ProjectFactory()
    asked = staff_client.get("/admin/planitem/new/?year=2017/2018&focus_area=3").context["form"]
    assert (asked.instance.year, asked.instance.focus_area) == (YEAR, FocusArea.INTERNATIONAL)
    values = {
        "year": "2017/2018", "focus_area": 3, "what": "Ta emot besök", "why": "", "how": "", "state": "planned", "target_day": "",
        "responsible": "", "outcome": "", "position": 0,
        "links-TOTAL_FORMS": 2, "links-INITIAL_FORMS": 0, "links-MIN_NUM_FORMS": 0, "links-MAX_NUM_FORMS": 1000,
        "links-0-activity": activity.pk, "links-0-project": "", "links-0-id": "", "links-0-ORDER": 1, "links-0-DELETE": "",
        "links-1-activity": "", "links-1-project": project.pk, "links-1-id": "", "links-1-ORDER": 2, "links-1-DELETE": "",
    }  # fmt: skip
    staff_client.post("/admin/planitem/new/", values)
    assert {(link.activity, link.project) for link in PlanLink.objects.all()} == {(activity, None), (None, project)}
    both = staff_client.post("/admin/planitem/new/", {**values, "what": "Annat", "links-0-project": project.pk})
    assert "Välj antingen en aktivitet eller ett projekt" in both.content.decode()
    history = staff_client.get(f"/admin/project/history/{project.pk}/").content.decode()
    assert "Ta emot besök" in history


HEADINGS = "Verksamhetsår;Fokusområde;Vad;Varför;Hur;Läge;Klart senast;Förnamn;Efternamn"


def test_plan_comes_from_a_file_and_goes_out_again(staff_client):
    ContactFactory(first_name="Åsa", last_name="Öberg")
    row = "2017/2018;1;Årskonferens;Mötas;Borås;Pågår;2017-11-09;Åsa;Öberg"
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("plan_items", HEADINGS, row)] == [fate]
    assert PlanItem.objects.get().responsible.first_name == "Åsa"
    (line,) = table(export(staff_client, "planitem"))
    assert (line["Verksamhetsår"], line["Fokusområde"], line["Läge"], line["Efternamn"]) == (
        "2017/2018", "1 Strategisk kompetensförsörjning", "Pågår", "Öberg",
    )  # fmt: skip
    ((fate, _said),) = bring_in("plan_items", HEADINGS, "2017/2018;7;X;;;;;;")
    assert fate == "refused"


def test_list_is_narrowed_down(staff_client):
    late = PlanItemFactory(what="Sen", target_day=TODAY, focus_area=1)
    other = PlanItemFactory(what="Annan", year=NEXT, focus_area=2, state="done", responsible=ContactFactory())

    def shown(query):
        return list(staff_client.get(f"/admin/planitem/?{query}").context["object_list"])

    assert shown("year=2018/2019") == [other]
    assert shown("focus_area=1") == [late]
    assert shown("overdue=yes") == [late]
    assert shown(f"responsible={other.responsible_id}") == [other]
    assert shown("q=annan") == [other]
