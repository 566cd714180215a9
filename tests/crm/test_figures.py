import csv
import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from crm.figures import Period, Scope, all_figures, count_figures, figure_of
from crm.figures.addresses import address_of
from crm.filters.contacts import contacts_matching, describe
from crm.models import Organisation
from crm.years import OperatingYear
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    CostFactory,
    CourseFactory,
    FeeFactory,
    InterestFactory,
    MembershipFactory,
    MobilityFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    ProjectFactory,
    RoleFactory,
)

pytestmark = pytest.mark.django_db

YEAR = OperatingYear(2017)
LAST_DAY = datetime.date(2018, 6, 30)


def figure(key, as_of=None):
    return count_figures(Period(YEAR, as_of))[key]


def test_person_with_two_roles_is_counted_once():
    contact = AffiliationFactory().contact
    AffiliationFactory(contact=contact)
    assert (figure("contacts"), figure("contact_organisations")) == (1, 2)


@pytest.mark.parametrize(
    ("since", "until", "counted"),
    [(LAST_DAY, None, 1), (datetime.date(2018, 7, 1), None, 0), (None, LAST_DAY, 1), (None, datetime.date(2018, 6, 29), 0)],
)
def test_roles_are_counted_on_the_last_day_of_the_year(since, until, counted):
    AffiliationFactory(since=since, until=until)
    assert figure("contacts") == counted


def test_as_of_an_earlier_day():
    AffiliationFactory(since=datetime.date(2018, 1, 1))
    assert figure("contacts", as_of=datetime.date(2017, 12, 31)) == 0
    assert figure("contacts", as_of=datetime.date(2018, 1, 1)) == 1


def test_archived_since_the_year_ended_still_counts_for_it():
    before, after = AffiliationFactory().contact, AffiliationFactory().organisation
    for record, year in ((before, 2018), (after, 2019)):
        record.archived_at = timezone.make_aware(datetime.datetime(year, 6, 15))
        record.save()
    assert (figure("contacts"), figure("contact_organisations")) == (1, 1)


def test_only_municipalities_that_paid_for_this_year_count():
    FeeFactory(year=YEAR, paid_on=datetime.date(2017, 9, 1))
    FeeFactory(year=YEAR)
    FeeFactory(year=OperatingYear(2016), paid_on=datetime.date(2017, 9, 1))
    federation = MembershipFactory(organisation=OrganisationFactory(kind=Organisation.Kind.FEDERATION))
    FeeFactory(membership=federation, year=YEAR, paid_on=datetime.date(2017, 9, 1))
    assert figure("paying_member_municipalities") == 1
    assert figure("paying_member_municipalities", as_of=datetime.date(2017, 8, 31)) == 0


def test_command_prints_json_with_nothing_but_figures():
    AffiliationFactory()
    output = StringIO()
    call_command("figures", "2017/2018", format="json", stdout=output)
    found = json.loads(output.getvalue())
    assert (found["contacts"], found["contact_organisations"], found["company_visits"]) == (1, 1, 0)
    assert list(found) == [one.key for one in all_figures()]


def test_command_says_what_it_has_counted():
    found = json.loads(run("2017/2018", "--format=json", "--metadata", "--as-of=2018-01-31"))
    assert (found["year"], found["first_day"], found["last_day"]) == ("2017/2018", "2017-07-01", "2018-01-31")
    assert set(found["figures"]["contacts"]) == {"value", "label", "definition", "unit", "subject"}


def test_command_prints_a_table_and_csv():
    AffiliationFactory()
    assert "contact_organisations" in run("2017/2018")
    rows = list(csv.reader(run("2017/2018", "--format=csv").splitlines()))
    assert rows[0] == ["key", "value", "label", "unit"]
    assert rows[1][:2] == ["contacts", "1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["2017"], "“2017” is not an operating year. Write it as 2017/2018."),
        (["2017/2018", "--as-of=31.12.2017"], "“31.12.2017” is not a day. Write it as 2017-12-31."),
        (["2017/2018", "--scope=Fyrbodal"], "Write subregion:Fyrbodal"),
        (["2017/2018", "--scope=municipality:Atlantis"], "has no “Atlantis”"),
        (["2017/2018", "--metadata"], "goes with --format json"),
    ],
)
def test_command_says_what_is_wrong(arguments, message):
    with pytest.raises(CommandError, match=message):
        run(*arguments)


def run(*arguments):
    output = StringIO()
    with translation.override("en"):
        call_command("figures", *arguments, stdout=output)
    return output.getvalue()


# Activities


def visit(*, day=LAST_DAY, kind=Organisation.Kind.COMPANY, programme="Interreg V", how="attended", **values):
    project = ProjectFactory(programme=programme)
    activity = ActivityFactory(kind="visit", day=day, project=project, **values)
    ParticipationFactory(activity=activity, organisation=OrganisationFactory(kind=kind), how=how)
    return activity


@pytest.mark.parametrize(
    ("day", "counted"),
    [("2017-06-30", 0), ("2017-07-01", 1), ("2018-06-30", 1), ("2018-07-01", 0)],
)
def test_visits_of_the_first_and_the_last_day_count(day, counted):
    visit(day=datetime.date.fromisoformat(day))
    assert figure("company_visits") == counted


def test_what_is_no_visit_to_a_company_does_not_count():
    visit(kind=Organisation.Kind.LEARNING_CENTRE)
    visit(programme="Erasmus+")
    visit(how="invited")
    visit(archived_at=timezone.now())
    assert figure("company_visits") == 0


def test_visit_to_two_companies_is_one_visit():
    ParticipationFactory(activity=visit(), organisation=OrganisationFactory(kind=Organisation.Kind.COMPANY))
    assert figure("company_visits") == 1


def test_visit_to_a_company_that_has_been_archived_since_counts():
    activity = visit()
    activity.participations.get().organisation.archived_at = timezone.now()
    assert figure("company_visits") == 1


def test_what_was_held_later_does_not_count_as_of_a_day():
    visit(day=datetime.date(2018, 2, 1))
    assert figure("company_visits", as_of=datetime.date(2018, 1, 31)) == 0
    assert figure("company_visits", as_of=datetime.date(2018, 2, 1)) == 1
    assert figure("company_visits", as_of=datetime.date(2016, 2, 1)) == 0


def test_meetings_of_company_networks_only():
    for kind in ("company", "municipality"):
        ActivityFactory(kind="meeting", day=LAST_DAY, network=NetworkFactory(kind=kind))
    assert figure("network_meetings") == 1


# People


def conference(kind="annual", **values):
    return ActivityFactory(kind="conference", conference=kind, day=LAST_DAY, **values)


def test_people_are_counted_once_and_only_when_they_came():
    one, other = conference(), conference()
    contact = AffiliationFactory().contact
    for activity in (one, other):
        ParticipationFactory(activity=activity, contact=contact)
        ParticipationFactory(activity=activity, contact=contact, organisation=OrganisationFactory())
    for how in ("invited", "registered", "stayed_away"):
        ParticipationFactory(activity=one, contact=AffiliationFactory().contact, how=how)
    ParticipationFactory(activity=one, contact=None, organisation=OrganisationFactory())
    conference("other")
    assert figure("annual_conference_participants") == 1


@pytest.mark.parametrize(("head_count", "counted"), [(None, 2), (0, 2), (1, 2), (2, 2), (60, 60)])
def test_those_with_names_are_part_of_the_head_count(head_count, counted):
    activity = conference("partner", head_count=head_count)
    for _number in range(2):
        ParticipationFactory(activity=activity, contact=AffiliationFactory().contact)
    assert figure("partner_conference_participants") == counted


def test_nobody_without_a_conference():
    assert figure("annual_conference_participants") == 0


def test_job_shadowings_by_scope_and_direction():
    for scope, direction in (("regional", ""), ("transnational", "outgoing"), ("transnational", "outgoing"), ("transnational", "incoming")):
        ActivityFactory(kind="job_shadowing", scope=scope, direction=direction, day=LAST_DAY)
    keys = ("regional", "transnational", "outgoing", "incoming")
    assert [figure(f"job_shadowing_{key}") for key in keys] == [1, 3, 2, 1]


@pytest.mark.parametrize(("since", "until", "numbers"), [(None, None, (1, 1)), (None, datetime.date(2017, 7, 1), (0, 1)),
                                                         (None, datetime.date(2017, 6, 30), (0, 0)), (LAST_DAY, None, (1, 1))])  # fmt: skip
def test_staff_on_the_last_day_and_those_lent_for_some_of_the_year(since, until, numbers):
    own = OrganisationFactory(is_own=True)
    for post in ("employee", "seconded"):
        AffiliationFactory(organisation=own, role=RoleFactory(post=post), since=since, until=until)
    assert (figure("employees"), figure("seconded_staff")) == numbers


# Companies and courses


def test_pilots_that_were_given_live_streamed_in_the_year():
    day = datetime.date(2017, 10, 1)
    given = {"is_pilot": True, "state": "given", "format": "streamed", "since": day}
    for change in ({}, {"is_pilot": False}, {"state": "cancelled"}, {"format": "on_site"}, {"since": datetime.date(2018, 7, 1)}):
        CourseFactory(**{**given, **change})
    assert figure("pilot_projects") == 1


def test_companies_that_want_to_take_part_count_once_from_the_day_they_said_so():
    company = OrganisationFactory(kind=Organisation.Kind.COMPANY)
    for number in range(2):
        project = ProjectFactory(programme="Europeiska socialfonden", name=f"Projekt {number}")
        InterestFactory(project=project, organisation=company, day=datetime.date(2018, 5, 1))
    InterestFactory(project=project, organisation=OrganisationFactory(kind=Organisation.Kind.MUNICIPALITY))
    assert figure("westkomp_interested_companies") == 1
    assert figure("westkomp_interested_companies", as_of=datetime.date(2018, 4, 30)) == 0


# Budget


def test_budget_is_asked_for_on_the_last_day_of_december_and_in_whole_percent():
    project = ProjectFactory(
        programme="Erasmus+", since=datetime.date(2017, 9, 1), until=datetime.date(2019, 8, 31), state="granted", budget=1000
    )
    for day, amount in (("2017-09-01", 30), ("2017-12-31", 24), ("2018-01-01", 500)):
        CostFactory(project=project, day=datetime.date.fromisoformat(day), amount=amount)
    for _number in range(6):
        MobilityFactory(project=project, state="granted")
    assert figure("erasmus_2017_2019_budget_used") == 5
    assert figure("erasmus_2017_2019_budget_used", as_of=datetime.date(2017, 12, 30)) == 3
    assert figure("erasmus_2017_2019_needed") == 5
    project.budget = None
    project.save()
    assert figure("erasmus_2017_2019_budget_used") is None


def test_cancelled_meetings_were_not_held():
    network = NetworkFactory(kind="company")
    for cancelled_on in (None, datetime.date(2018, 6, 1)):
        ActivityFactory(kind="meeting", day=LAST_DAY, network=network, cancelled_on=cancelled_on)
        ActivityFactory(kind="board_meeting", day=LAST_DAY, cancelled_on=cancelled_on)
    assert (figure("network_meetings"), figure("board_meetings")) == (1, 1)


# Scopes


def test_sub_region_and_municipality_and_project_narrow_down():
    boras, mark, varberg = (MunicipalityFactory(name=name, subregion=sub) for name, sub in PLACES)
    for where in (boras, mark, varberg):
        activity = visit()
        activity.participations.update(organisation=OrganisationFactory(kind=Organisation.Kind.COMPANY, municipality=where))
    visits = figure_of("company_visits")
    assert visits.value(Period(YEAR, scope=Scope.parse("subregion:Sjuhärad"))) == 2
    assert visits.value(Period(YEAR, scope=Scope.parse("municipality:Borås"))) == 1
    assert visits.value(Period(YEAR, scope=Scope.parse(f"project:{activity.project}"))) == 1
    assert visits.by_area(Period(YEAR)) == {boras.code: 1, mark.code: 1, varberg.code: 1}
    assert visits.by_area(Period(YEAR), "subregion") == {"Sjuhärad": 2, "Halland": 1}


PLACES = [("Borås", "Sjuhärad"), ("Mark", "Sjuhärad"), ("Varberg", "Halland")]


def test_contact_is_counted_where_the_role_is_held_on_the_day():
    boras, varberg = (MunicipalityFactory(name=name, subregion=sub) for name, sub in (PLACES[0], PLACES[2]))
    contact = AffiliationFactory(organisation__municipality=boras, until=datetime.date(2017, 12, 31)).contact
    AffiliationFactory(contact=contact, organisation__municipality=varberg, since=datetime.date(2018, 1, 1))
    of_boras, of_varberg = (Period(YEAR, scope=Scope.parse(f"municipality:{one.code}")) for one in (boras, varberg))
    assert [figure_of("contacts").value(one) for one in (of_boras, of_varberg)] == [0, 1]
    assert figure_of("contacts").by_area(Period(YEAR)) == {varberg.code: 1}


def test_figure_that_cannot_be_asked_of_a_part_has_no_value():
    assert figure_of("board_meetings").value(Period(YEAR, scope=Scope("subregion", "Halland", "Halland"))) is None


# Projects


def test_mobilities_count_whenever_they_began_but_not_before_the_money_came():
    project = ProjectFactory(programme="Erasmus+", since=datetime.date(2015, 6, 1), until=datetime.date(2017, 10, 31), state="closed")
    MobilityFactory(project=project, state="reported", since=datetime.date(2015, 9, 1))
    MobilityFactory(project=project, state="travelled", since=datetime.date(2018, 7, 1))
    MobilityFactory(project=project, state="granted")
    MobilityFactory(project=project, state="applied")
    assert (figure("erasmus_2015_2017_mobilities"), figure("erasmus_2015_2017_granted")) == (1, 3)
    project.state = "applied"
    project.save()
    assert figure_of("erasmus_2015_2017_mobilities") is None


# Lists


def test_list_is_narrowed_down_to_what_a_figure_counts(admin_client):
    visit(subject="Besök hos bageriet")
    visit(subject="För sent", day=datetime.date(2018, 7, 1))
    page = admin_client.get(reverse("activity:index"), {"figure": "company_visits@2017/2018"}).content.decode()
    assert "Besök hos bageriet" in page
    assert "För sent" not in page


@pytest.mark.parametrize("address", ["company_visits", "company_visits@2017", "unknown@2017/2018", "contacts@2017/2018"])
def test_list_says_that_it_cannot_show_what_is_no_figure_of_it(admin_client, address):
    visit(subject="Besök hos bageriet")
    page = admin_client.get(reverse("activity:index"), {"figure": address})
    assert page.status_code == 200
    assert "Besök hos bageriet" not in page.content.decode()


def test_segment_of_what_a_figure_counts():
    contact = AffiliationFactory().contact
    asked = address_of("contacts", Period(YEAR))
    assert list(contacts_matching(f"figure={asked}")) == [contact]
    with translation.override("en"):
        assert describe(f"figure={asked}") == ["Counted in: Contact persons, 2017/2018"]
