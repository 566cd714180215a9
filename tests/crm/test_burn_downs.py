"""The mobilities that a funder demands: how many are left, where this pace leads, and how partners use their places."""

import datetime

import pytest
from django.contrib.auth.models import Permission

from crm.models import Indicator, Mobility
from crm.services.burn_downs import burn_down
from crm.services.mobilities import by_partner, quota_sentences
from tests.factories.crm import IndicatorFactory, MobilityFactory, OrganisationFactory, PartnerFactory, ProjectFactory

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2018, 1, 1), datetime.date(2018, 12, 31)
HALF = datetime.date(2018, 7, 2)
DAY = datetime.timedelta(days=1)


def demanding(target=10, percent=80, **values):
    project = ProjectFactory(**{"since": FIRST, "until": LAST, **values})
    IndicatorFactory(project=project, counted=Indicator.Counted.MOBILITIES, target=target, needed_percent=percent)
    return project


def travel(project, number, since=FIRST, state="travelled", **values):
    return MobilityFactory.create_batch(number, project=project, since=since, state=state, **values)


def sentences(project, day):
    return " ".join(burn_down(project, day).sentences)


def test_forecast_is_a_sentence():
    project = demanding(229)
    travel(project, 85)
    assert burn_down(project, HALF).headline == "184 av 229 behövs; i den här takten blir det 170."
    told = sentences(project, HALF)
    assert "Takten är det som har genomförts sedan första dagen, 1 januari 2018: 14,2 i månaden." in told
    assert "184 skulle nås först den 30 januari 2019; projektet slutar den 31 december 2018." in told
    assert "99 återstår, vilket kräver 16,6 i månaden från och med nu." in told


def test_the_day_on_which_it_is_reached():
    project = demanding(10)
    travel(project, 5)
    assert burn_down(project, HALF).reached_on == FIRST + 292 * DAY  # 8 of them, at 5 in 182 days
    travel(project, 2, since=HALF)
    travel(project, 2, since=HALF + DAY)
    assert burn_down(project, HALF + DAY).reached_on == HALF + DAY
    told = burn_down(project, HALF + DAY)
    assert told.headline == "8 av 10 behövs, och det är nått: 9 är genomförda."
    assert list(told.sentences) == ["Det nåddes den 3 juli 2018."]


@pytest.mark.parametrize(
    ("values", "day", "number", "headline", "told"),
    [
        ({}, FIRST - DAY, 0, "8 av 10 behövs; ingen är genomförd än.", "Projektet börjar den 1 januari 2018."),
        ({}, FIRST, 0, "8 av 10 behövs; ingen är genomförd än.", "8 återstår, vilket kräver 0,7 i månaden från och med nu."),
        ({}, FIRST, 1, "8 av 10 behövs; 1 är genomförda.", "7 återstår, vilket kräver 0,6 i månaden"),
        ({}, HALF, 0, "8 av 10 behövs; ingen är genomförd än.", "8 återstår, vilket kräver 1,3 i månaden från och med nu."),
        ({}, LAST, 5, "8 av 10 behövdes; när projektet slutade var det 5.", "3 fattades."),
        ({}, LAST + 400 * DAY, 5, "8 av 10 behövdes; när projektet slutade var det 5.", "3 fattades."),
        ({}, LAST, 12, "8 av 10 behövs, och det är nått: 12 är genomförda.", "Det nåddes den 1 januari 2018."),
        ({"since": None}, HALF, 5, "8 av 10 behövs; 5 är genomförda.", "förrän projektet har en första och en sista dag"),
        ({"until": None}, HALF, 5, "8 av 10 behövs; 5 är genomförda.", "förrän projektet har en första och en sista dag"),
        ({"until": FIRST}, FIRST, 0, "8 av 10 behövdes; när projektet slutade var det 0.", "8 fattades."),
    ],
)
def test_edges(staff_client, values, day, number, headline, told):
    project = demanding(**values)
    travel(project, number)
    seen = burn_down(project, day)
    assert (seen.headline, told in " ".join(seen.sentences)) == (headline, True), list(seen.sentences)
    assert staff_client.get(f"/admin/project/inspect/{project.pk}/?on={day}").status_code == 200


def test_as_of_a_day_who_travelled_later_was_planned():
    project = demanding()
    travel(project, 2)
    travel(project, 3, since=HALF + DAY)
    travel(project, 1, since=HALF + DAY, state="planned")
    travel(project, 1, since=HALF, state="planned")
    travel(project, 4, since=None, state="granted")
    travel(project, 1, since=FIRST, archived_at="2018-03-01T12:00+01:00")
    seen = burn_down(project, HALF)
    assert (seen.carried_out, seen.planned_number, seen.overdue) == (2, 5, 1)
    told = " ".join(seen.sentences)
    assert "5 till är planerade, vilket gör 7." in told
    assert "Dagen för 1 planerad resa har passerat: blev den av?" in told
    _states, (*rows,) = by_partner(project, HALF)
    assert sum(row.states.get("travelled", 0) for row in rows) == 2
    assert sum(row.states.get("planned", 0) for row in rows) == 5


def test_plot_goes_down_and_stops_at_nothing():
    project = demanding(10)
    travel(project, 3, since=FIRST + DAY)
    travel(project, 7, since=FIRST + 2 * DAY)
    plot = burn_down(project, HALF).plot
    assert [number for _day, number in plot.curves[0].points] == [8, 8, 5, 5, 0, 0]
    assert [curve.tone for curve in plot.curves] == ["actual", "pace"]
    assert "8 den 1 januari 2018 till 0 den 2 juli 2018" in plot.words
    assert burn_down(project, HALF).months == [(FIRST, 10, 0)]


def test_plot_shows_pace_and_plans():
    project = demanding(10)
    travel(project, 1)
    travel(project, 2, since=HALF + DAY, state="planned")
    curves = {curve.tone: curve.points for curve in burn_down(project, HALF).plot.curves}
    assert curves["forecast"] == [(HALF, 7), (LAST, 6)]
    assert curves["planned"] == [(HALF, 7), (HALF + DAY, 7), (HALF + DAY, 5)]


def test_those_without_a_day_are_carried_out_all_the_same():
    project = demanding(10)
    travel(project, 8, since=None, state="reported")
    seen = burn_down(project, HALF)
    assert (seen.carried_out, seen.reached_on, list(seen.sentences)) == (8, None, [])
    assert seen.plot.curves[0].points == [(FIRST, 0), (HALF, 0)]


def test_what_is_granted_is_needed_where_no_indicator_says_less():
    project = ProjectFactory(granted_places=12)
    assert (burn_down(project, HALF).needed, burn_down(project, HALF).target) == (12, 12)
    assert burn_down(ProjectFactory(), HALF) is None


# Places of the partners


def row_of(project, organisation, role="sending"):
    return next(row for row in by_partner(project, HALF, role)[1] if row.organisation == organisation)


def test_quota_counts_what_is_used_or_planned():
    project = ProjectFactory()
    centre = PartnerFactory(project=project, kind="sending", places=4).organisation
    PartnerFactory(project=project, kind="sending", organisation=centre, places=1, until=FIRST)  # and then again
    for state, number in (("applied", 1), ("granted", 2), ("planned", 1), ("travelled", 2), ("reported", 1)):
        travel(project, number, state=state, sending=centre, receiving=centre)
    row = row_of(project, centre)
    assert (row.places, row.taken, row.left, row.quota) == (5, 4, 1, "1 kvar")
    travel(project, 1, sending=centre)
    assert row_of(project, centre).quota == "alla tagna"
    travel(project, 2, sending=centre)
    assert row_of(project, centre).quota == "2 för många"
    assert list(quota_sentences(project, by_partner(project, HALF)[1])) == [f"Fler resor än platser: {centre} (2)."]


def test_receiving_partners_have_places_of_their_own():
    project = ProjectFactory()
    school = PartnerFactory(project=project, kind="receiving", places=2).organisation
    travel(project, 1, sending=school, receiving=school)
    travel(project, 1, receiving=None)
    assert row_of(project, school, "receiving").quota == "1 kvar"
    assert row_of(project, school).places is None
    assert len(by_partner(project, HALF, "receiving")[1]) == 1


@pytest.mark.parametrize(
    ("granted", "told"),
    [
        (9, ["Alla 9 beviljade platser är fördelade på partnerna."]),
        (12, ["9 av de 12 beviljade platserna är fördelade; 3 är kvar att fördela."]),
        (8, ["9 platser är fördelade, 1 fler än de 8 som är beviljade."]),
        (None, []),
    ],
)
def test_places_of_partners_are_compared_with_what_is_granted(granted, told):
    project = ProjectFactory(granted_places=granted)
    for places in (4, 5):
        PartnerFactory(project=project, kind="sending", places=places)
    assert list(quota_sentences(project, by_partner(project, HALF)[1])) == told


def test_page_flags_too_many_and_draws(staff_client):
    project = demanding(10, granted_places=10)
    centre = PartnerFactory(project=project, kind="sending", places=1).organisation
    travel(project, 2, sending=centre, receiving=OrganisationFactory(name="Escuela"))
    shown = staff_client.get(f"/admin/project/inspect/{project.pk}/?on={HALF}").content.decode()
    for words in (
        "8 av 10 behövs; i den här takten blir det 4.",
        "1 för många",
        "Escuela",
        "plot__line--forecast",
        "Månad för månad",
        'role="img"',
    ):
        assert words in shown, words


def test_mobilities_are_for_those_who_may_see_them(client, onlooker):
    project = demanding()
    travel(project, 2)
    client.force_login(onlooker)
    url = f"/admin/project/inspect/{project.pk}/"
    keys = [section.key for section in client.get(url).context["sections"]]
    onlooker.user_permissions.remove(*Permission.objects.filter(codename__endswith="_mobility"))
    client.force_login(type(onlooker).objects.get(pk=onlooker.pk))
    without = [section.key for section in client.get(url).context["sections"]]
    assert ("mobilities" in keys, "mobilities" in without) == (True, False)


def test_page_keeps_its_queries_when_partners_grow(staff_client, django_assert_max_num_queries):
    project = demanding()

    def grow():
        partner = PartnerFactory(project=project, kind="sending", places=1)
        travel(project, 1, sending=partner.organisation, receiving=OrganisationFactory())

    def queries():
        with django_assert_max_num_queries(60) as counted:
            staff_client.get(f"/admin/project/inspect/{project.pk}/")
        return len(counted)

    grow()
    queries()
    few = queries()
    for _number in range(5):
        grow()
    assert queries() == few
    assert Mobility.objects.count() == 6
