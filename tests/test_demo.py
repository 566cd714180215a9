"""The demo association: what it holds, counted, and that loading it again changes nothing."""

import datetime
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.management.commands.demo import Command, spreadsheets
from crm.demo import load_plan_links, load_tasks
from crm.models import (
    Activity,
    Affiliation,
    ChangeSet,
    Contact,
    ContactPoint,
    Course,
    Indicator,
    Interest,
    Mobility,
    Need,
    Organisation,
    Participation,
    Partner,
    PlanLink,
    Project,
    Relationship,
    Role,
    Task,
)
from crm.services.costs import budget_used
from crm.services.indicators import standings
from crm.services.ledger import change_set
from crm.services.matching import courses_for
from crm.services.plan_items import plan_of
from crm.years import OperatingYear
from newsletter.demo import demo_newsletter
from newsletter.models import Subscription

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).parent / "figures-2017-2018.md"


@pytest.fixture(scope="module")
def register(django_db_setup, django_db_blocker):
    """The register loaded once for this file, in a transaction of its own that is rolled back afterwards."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


def load():
    output = StringIO()
    command = Command(stdout=output)
    demo_newsletter()
    folder = command.default_folder / "register"
    for kind, filename in spreadsheets():
        command.load_spreadsheet(kind, folder / filename)
    with change_set(cause=ChangeSet.Cause.COMMAND):
        load_plan_links(folder / "planens-aktiviteter.csv")
        load_tasks(folder / "uppgifter.csv")
    return output.getvalue()


def figures(**options):
    output = StringIO()
    call_command("figures", "2017/2018", format="json", stdout=output, **options)
    return json.loads(output.getvalue())


def test_the_years_figures_come_out(register):
    """Every line of the table that the product is measured by, as far as the demo holds what is counted."""
    found, expected = figures(), table_of_figures()
    assert {key: found.get(key) for key in expected} == expected


def table_of_figures():
    """Return {key: value}. A line may hold two keys and values, the second of them shortened, and a share in percent."""
    expected = {}
    for line in TABLE.read_text().splitlines():
        if not line.startswith("| `"):
            continue
        keys, values = [cell.strip() for cell in line.split("|")[1:3]]
        keys = [key.strip("` ") for key in keys.split(" / ")]
        keys = [key.replace("…", keys[0].rpartition("_")[0]) for key in keys]
        expected |= zip(keys, [int(value.strip(" %")) for value in values.split(" / ")], strict=True)
    return expected


def test_contacts_are_the_same_today(register):
    assert Contact.objects.in_role().count() == 120
    assert Organisation.objects.with_contacts().count() == 38


def test_loading_again_changes_nothing(register):
    def count():
        return [model.objects.count() for model in (Activity, Affiliation, Indicator, Participation, PlanLink, Relationship, Task)]

    before = count()
    assert all(" 0 new    0 changed " in line and line.endswith(" 0 refused") for line in load().splitlines())
    assert count() == before


def test_what_happened_names_people_and_some_of_it_is_still_to_be_done(register):
    assert Activity.objects.filter(participations__contact__last_name="Fridsjö").count() == 10
    assert (Task.objects.open().count(), Task.objects.count()) == (5, 8)


def test_projects_hold_what_the_years_report_says_of_them(register):
    finished, running = (Project.objects.get(short_name=f"Erasmus+ {years}") for years in ("2015–2017", "2017–2019"))
    assert Mobility.objects.carried_out().filter(project=finished).count() == 187
    assert Mobility.objects.filter(project=running).count() == 229
    kinds = Partner.objects.filter(project=running).values_list("kind", flat=True)
    assert (list(kinds).count("sending"), list(kinds).count("receiving")) == (15, 11)
    assert running.indicators.get().needed == 184
    (seen,) = standings(running, datetime.date(2018, 6, 30))
    assert (seen.value, seen.falls_short) == (50, True)
    (agreed, *_others) = standings(Project.objects.get(short_name="Bron"), datetime.date(2018, 3, 1))
    assert (agreed.value, len(agreed.readings)) == (14, 3)
    assert (running.granted_places, budget_used(running, datetime.date(2017, 12, 31))) == (229, Decimal("0.05"))


def test_relations_board_and_office_hold_what_the_years_report_says(register):
    year = OperatingYear(2017)
    assert Relationship.objects.collaborations_begun(year.first_day, year.last_day).count() == 18
    held = Affiliation.objects.during(year.first_day, year.last_day)
    employed = held.at_association(Role.Post.EMPLOYEE).order_by("since").values_list("percent", "since")
    assert list(employed) == [(100, datetime.date(2014, 8, 18)), (50, datetime.date(2017, 10, 1))]
    assert held.at_association(Role.Post.SECONDED).values("contact").distinct().count() == 7
    assert Affiliation.objects.on(year.last_day).at_association(Role.Post.BOARD).count() == 9


def test_plan_of_the_year_is_done_but_for_what_is_not(register):
    plan = plan_of(OperatingYear(2017), datetime.date(2018, 6, 30))
    assert {state: number for state, _label, number in plan.states} == {"planned": 0, "going_on": 1, "done": 8, "dropped": 1}
    assert len(plan_of(OperatingYear(2018), datetime.date(2018, 6, 30)).items) == 15
    assert PlanLink.objects.count() == 14


def test_pilots_interests_and_needs_are_there(register):
    pilots = Course.objects.pilots().given().filter(since__range=("2017-07-01", "2018-06-30"))
    assert (pilots.count(), set(pilots.values_list("project__short_name", flat=True))) == (9, {"Bron"})
    assert Interest.objects.filter(project__short_name="KompVäst").count() == 87
    assert Interest.objects.exclude(day__range=("2017-07-01", "2018-06-30")).count() == 0
    assert Need.objects.filter(source="survey").count() == 34
    assert not any(course.left is not None and course.left < 0 for course in Course.objects.with_seats())
    assert any(courses_for(need, day=datetime.date(2026, 11, 28)) for need in Need.objects.filter(received_on__year=2026))


def test_awkward_cases_are_there(register):
    shared = ContactPoint.objects.filter(normalised__startswith="info@", contact__isnull=False).values_list("contact", flat=True)
    assert shared.count() == 2
    assert Contact.objects.filter(affiliations__isnull=False).exclude(pk__in=Contact.objects.in_role()).count() == 2
    assert Contact.objects.search("Åkesson-Öberg").count() == 1


def test_everybody_is_invented(register):
    addresses = list(ContactPoint.objects.emails().values_list("normalised", flat=True))
    addresses += Subscription.objects.values_list("normalised", flat=True)
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def test_demo_with_known_passwords_stays_out_of_production(settings):
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="known password"):
        call_command("demo")
