"""Change of job: what is asked, what is shown before anything is written, what then happens, and that one undo takes it back."""

import datetime
import re

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.importing.jobs import import_file
from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint, Holding, Participation, ProjectRole, Seat
from crm.services.undo import undo
from newsletter.models import Subscription
from tests.crm.changes import save
from tests.crm.spreadsheets import swedish_csv
from tests.dumps import dump
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    HoldingFactory,
    LicenceFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    ProjectFactory,
    ProjectRoleFactory,
    RoleFactory,
    SeatFactory,
    TaskFactory,
)
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
HAND_OVER, END, KEEP = "hand_over", "end", "keep"


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def skara():
    return OrganisationFactory(name="Lärcentrum Skara", website="https://www.skara.example/larcentrum")


@pytest.fixture
def rektor():
    return RoleFactory(name="Rektor")


@pytest.fixture
def anna(skara, rektor):
    contact = ContactFactory(first_name="Anna", last_name="Berg")
    EmailFactory(contact=contact, value="anna.berg@skara.example")
    EmailFactory(contact=contact, value="anna@hem.example", is_primary=False)
    role = AffiliationFactory(contact=contact, organisation=skara, role=rektor, since=datetime.date(2015, 8, 1), is_public=True)
    ContactPoint.objects.create(contact=contact, affiliation=role, kind="phone", value="0511-320 00", is_primary=True)
    return contact


@pytest.fixture
def bo():
    return ContactFactory(first_name="Bo", last_name="Ek")


@pytest.fixture
def newsletter_staff(staff):
    staff.user_permissions.add(Permission.objects.get(codename="change_subscription"))


def url(contact):
    return f"/admin/contact/{contact.pk}/job-change/{contact.affiliations.get().pk}/"


def answers(today, **more):
    return {"last_day": today.isoformat(), "reason": "new_job", "step": "preview", **more}


def errors(response):
    assert response.status_code == 200
    assert response.context["step"] == 1
    return response.context["form"].errors


def preview(client, contact, today, **more):
    response = client.post(url(contact), answers(today, **more))
    assert response.status_code == 200
    assert response.context["step"] == 2, response.context["form"].errors
    return response


def defaults(response):
    return {one.html_name: one.initial for one in response.context["fates"]}


def seen_on(response):
    """What the second step's form gives back."""
    return re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1]


def carry_out(client, contact, today, fates=None, **more):
    """Go through both steps, with some decisions of one's own; return the response."""
    shown = preview(client, contact, today, **more)
    data = answers(today, **more) | defaults(shown) | {"seen": seen_on(shown), "step": "carry_out"}
    data |= {f"fate-{key}": fate for key, fate in (fates or {}).items()}
    return client.post(url(contact), data, follow=True)


def key(record):
    return f"{record._meta.model_name}-{record.pk}"


def point(value):
    return ContactPoint.objects.get(value=value)


class TestEnding:
    def test_role_ends_with_day_and_reason(self, staff_client, anna, today):
        assert carry_out(staff_client, anna, today).status_code == 200

        role = anna.affiliations.get()
        assert role.until == today
        assert role.end_reason

    def test_register_may_have_seen_thousands_of_changes(self, staff_client, anna, today):
        earlier = ChangeSet.objects.create()
        values = {"before": {"note": ""}, "after": {"note": "ny"}}
        Change.objects.create(
            pk=1_234_567, change_set=earlier, model="crm.contact", object_id=anna.pk, contact_id=anna.pk, action="~", **values
        )
        carry_out(staff_client, anna, today)
        assert anna.affiliations.get().until == today

    def test_reason_of_ones_own_is_written_down(self, staff_client, anna, today):
        carry_out(staff_client, anna, today, reason="other", other_reason="flyttar till Norge")
        assert anna.affiliations.get().end_reason == "flyttar till Norge"

    def test_nothing_is_written_before_the_second_step(self, staff_client, anna, bo, today):
        before = dump()
        staff_client.get(url(anna))
        preview(staff_client, anna, today, successor=bo.pk)
        staff_client.post(url(anna), answers(today, successor=bo.pk, step="change"))
        assert dump() == before
        assert not ChangeSet.objects.filter(cause="job_change").exists()

    def test_it_is_one_change_set_and_its_message_offers_the_undo(self, staff_client, anna, today):
        response = carry_out(staff_client, anna, today)
        done = ChangeSet.objects.get(cause="job_change")
        assert f"/admin/register/changes/{done.pk}/undo/" in response.content.decode()

    def test_sent_twice_it_is_done_once(self, staff_client, anna, skara, today):
        other = OrganisationFactory()
        shown = preview(staff_client, anna, today, new_organisation=other.pk)
        data = answers(today, new_organisation=other.pk) | defaults(shown) | {"seen": seen_on(shown), "step": "carry_out"}
        address = url(anna)
        staff_client.post(address, data)
        again = staff_client.post(address, data)
        assert again.context["step"] == 2
        assert anna.affiliations.filter(organisation=other).count() == 1

    def test_change_that_comes_between_is_shown_first(self, staff_client, anna, today):
        shown = preview(staff_client, anna, today)
        task = TaskFactory(contact=anna)
        data = answers(today) | defaults(shown) | {"seen": seen_on(shown), "step": "carry_out"}
        response = staff_client.post(url(anna), data)
        assert response.context["step"] == 2
        assert task.what in response.content.decode()
        assert anna.affiliations.get().until is None


class TestAddresses:
    def test_old_address_becomes_historical_and_still_finds_the_person(self, staff_client, anna, today):
        carry_out(staff_client, anna, today)

        assert point("anna.berg@skara.example").status == "historical"
        assert point("0511-320 00").status == "historical"
        assert point("anna@hem.example").status == "works"
        for query in ("anna.berg@skara", "0511 320 00"):
            assert list(staff_client.get("/admin/contact/", {"q": query}).context["object_list"]) == [anna]

    def test_old_address_still_matches_an_import(self, staff_client, anna, today):
        carry_out(staff_client, anna, today)
        content = swedish_csv("Anna;Berg;anna.berg@skara.example;070-174 06 05", headings="Förnamn;Efternamn;E-post;Mobil")
        import_file("contacts", content=content, filename="lista.csv", acting_user=None)
        assert Contact.objects.count() == 1
        assert anna.contact_points.filter(value="070-174 06 05").exists()

    def test_address_of_the_role_goes_to_the_successor(self, staff_client, anna, bo, today):
        phone = point("0511-320 00")
        carry_out(staff_client, anna, today, {key(phone): HAND_OVER}, successor=bo.pk)
        assert anna.contact_points.get(value="0511-320 00").status == "historical"
        taken = bo.contact_points.get(value="0511-320 00")
        assert (taken.status, taken.is_primary, taken.affiliation) == ("works", True, bo.affiliations.get())

    def test_kept_number_is_no_longer_bound_to_the_role(self, staff_client, anna, today):
        phone = point("0511-320 00")
        carry_out(staff_client, anna, today, {key(phone): KEEP})
        phone.refresh_from_db()
        assert (phone.status, phone.affiliation) == ("works", None)

    def test_until_the_last_day_the_address_stays_unless_wanted_otherwise(self, staff_client, anna, today):
        shown = preview(staff_client, anna, today + 30 * DAY)
        assert defaults(shown)[f"fate-{key(point('anna.berg@skara.example'))}"] == KEEP

    def test_address_of_another_role_at_the_same_employer_stays(self, staff_client, anna, skara, today):
        other = OrganisationFactory(website="https://skara.example/vux")
        shown = preview(staff_client, anna, today, new_organisation=other.pk)
        assert defaults(shown)[f"fate-{key(point('anna.berg@skara.example'))}"] == KEEP


class TestNewRole:
    def test_begins_the_day_after_with_addresses_to_use_first(self, staff_client, anna, rektor, today):
        tjorn = OrganisationFactory(name="Lärcentrum Tjörn")
        new = {"new_organisation": tjorn.pk, "new_role": rektor.pk, "new_title": "Rektor för vux", "new_email": "Anna@tjorn.example"}
        carry_out(staff_client, anna, today, **new, new_phone="070-174 06 05")

        role = anna.affiliations.get(organisation=tjorn)
        assert (role.role, role.title, role.since, role.until) == (rektor, "Rektor för vux", today + DAY, None)
        assert anna.email == "Anna@tjorn.example"
        mobile = anna.contact_points.get(kind="mobile")
        assert (mobile.is_primary, mobile.affiliation) == (True, role)
        assert anna.contact_points.filter(kind="email", is_primary=True).count() == 1

    def test_historical_address_comes_back(self, staff_client, anna, today):
        EmailFactory(contact=anna, value="anna@tjorn.example", status="historical", is_primary=False)
        carry_out(staff_client, anna, today, new_organisation=OrganisationFactory().pk, new_email="anna@tjorn.example")
        assert point("anna@tjorn.example").status == "works"
        assert anna.email == "anna@tjorn.example"


class TestSuccessor:
    def test_contact_takes_over_the_role_and_is_published(self, staff_client, anna, bo, skara, rektor, today):
        carry_out(staff_client, anna, today, successor=bo.pk)
        role = bo.affiliations.get()
        assert (role.organisation, role.role, role.since, role.is_public) == (skara, rektor, today + DAY, True)

    def test_somebody_new_becomes_a_contact_with_the_role(self, staff_client, anna, skara, rektor, today):
        new = {"successor_first_name": "Cecilia", "successor_last_name": "Öst", "successor_email": "cecilia.ost@skara.example"}
        carry_out(staff_client, anna, today, **new, successor_since=today.isoformat())

        cecilia = Contact.objects.get(first_name="Cecilia")
        assert cecilia.email == "cecilia.ost@skara.example"
        role = cecilia.affiliations.get()
        assert (role.organisation, role.role, role.since) == (skara, rektor, today)
        assert list(staff_client.get("/admin/contact/", {"q": "ost cecilia skara rektor"}).context["object_list"]) == [cecilia]

    def test_role_held_already_is_not_given_twice(self, staff_client, anna, bo, skara, rektor, today):
        AffiliationFactory(contact=bo, organisation=skara, role=rektor)
        carry_out(staff_client, anna, today, successor=bo.pk)
        assert bo.affiliations.count() == 1

    def test_address_of_the_leaver_can_be_the_successors(self, staff_client, anna, bo, today):
        carry_out(staff_client, anna, today, successor=bo.pk, successor_email="anna.berg@skara.example")
        assert bo.email == "anna.berg@skara.example"
        assert anna.contact_points.get(value="anna.berg@skara.example").status == "historical"


class TestWhatHangsOnTheRole:
    @pytest.fixture
    def seat(self, anna, skara):
        return SeatFactory(network=NetworkFactory(name="Vård"), contact=anna, organisation=skara, since=datetime.date(2016, 1, 1))

    @pytest.fixture
    def own_seat(self, anna):
        return SeatFactory(network=NetworkFactory(name="Språk"), contact=anna, organisation=None)

    @pytest.fixture
    def project_role(self, anna, skara):
        project = ProjectFactory(short_name="Bron")
        return ProjectRoleFactory(project=project, contact=anna, organisation=skara, since=datetime.date(2016, 1, 1))

    @pytest.fixture
    def coming(self, anna, skara, today):
        return ParticipationFactory(activity=ActivityFactory(day=today + 7 * DAY), contact=anna, organisation=skara, how="registered")

    def test_all_of_it_is_listed_and_nothing_else(self, staff_client, anna, skara, seat, own_seat, project_role, coming, today):
        ContactPoint.objects.create(contact=anna, kind="mobile", value="070-174 06 05")
        SeatFactory(contact=anna)  # for another organisation
        SeatFactory(contact=anna, organisation=skara, until=today - DAY)
        ProjectRoleFactory(contact=anna, organisation=OrganisationFactory())
        ProjectRoleFactory(contact=anna, organisation=skara, until=today - DAY)
        ProjectRoleFactory(contact=anna, organisation=skara, project__until=today - DAY)
        ProjectRoleFactory(contact=anna, organisation=skara, project__archived_at=timezone.now())
        ParticipationFactory(activity=ActivityFactory(day=today - DAY), contact=anna, how="registered")
        task = TaskFactory(contact=anna)
        TaskFactory(contact=anna, done_at=timezone.now())

        shown = preview(staff_client, anna, today)

        points = {key(point("anna.berg@skara.example")), key(point("0511-320 00"))}
        expected = {"published", key(seat), key(own_seat), key(project_role), key(coming), key(task), *points}
        assert set(shown.context["fates"].fields) == expected

    def test_without_a_successor_what_is_the_organisations_ends(self, staff_client, anna, seat, coming, today):
        carry_out(staff_client, anna, today)
        seat.refresh_from_db()
        assert seat.until == today
        assert not Participation.objects.exists()

    def test_seat_is_handed_over(self, staff_client, anna, bo, skara, seat, today):
        carry_out(staff_client, anna, today, successor=bo.pk)
        seat.refresh_from_db()
        assert (seat.contact, seat.until) == (anna, today)
        new = Seat.objects.get(contact=bo)
        assert (new.network, new.organisation, new.since, new.until) == (seat.network, skara, today + DAY, None)

    def test_seat_is_kept(self, staff_client, anna, bo, seat, today):
        carry_out(staff_client, anna, today, {key(seat): KEEP}, successor=bo.pk)
        assert Seat.objects.get().until is None

    def test_seat_that_is_still_to_begin_is_exchanged(self, staff_client, anna, bo, seat, today):
        Seat.objects.update(since=today + 10 * DAY)
        carry_out(staff_client, anna, today, successor=bo.pk)
        new = Seat.objects.get()
        assert (new.contact, new.since) == (bo, today + 10 * DAY)

    @pytest.fixture
    def licence(self, anna, skara):
        """The only seat there is."""
        return HoldingFactory(licence=LicenceFactory(seats=1), contact=anna, organisation=skara, since=datetime.date(2016, 1, 1))

    def test_licences_of_the_role_are_listed(self, staff_client, anna, skara, licence, today):
        own = HoldingFactory(contact=anna)
        HoldingFactory(contact=anna, organisation=OrganisationFactory())
        HoldingFactory(contact=anna, until=today)
        HoldingFactory(contact=anna, licence__archived_at=timezone.now())
        fields = preview(staff_client, anna, today).context["fates"].fields
        assert {name for name in fields if name.startswith("holding")} == {key(licence), key(own)}

    def test_without_a_successor_the_licence_ends(self, staff_client, anna, licence, today):
        carry_out(staff_client, anna, today)
        assert Holding.objects.get().until == today

    def test_licence_is_kept(self, staff_client, anna, bo, licence, today):
        carry_out(staff_client, anna, today, {key(licence): KEEP}, successor=bo.pk)
        assert Holding.objects.get().until is None

    # A successor who begins before the leaver's last day takes the seat then: it is never held by both.
    @pytest.mark.parametrize("begins", [1, -3])
    def test_licence_is_handed_over(self, begins, staff_client, anna, bo, skara, licence, today):
        since = today + begins * DAY
        carry_out(staff_client, anna, today, successor=bo.pk, successor_since=since.isoformat())
        old, new = Holding.objects.order_by("since")
        assert (old.contact, old.until) == (anna, since - DAY)
        assert (new.licence, new.contact, new.organisation, new.since) == (licence.licence, bo, skara, since)

    def test_licence_that_came_after_the_successor_is_handed_over_after_the_last_day(self, staff_client, anna, bo, licence, today):
        Holding.objects.update(since=today - DAY)
        carry_out(staff_client, anna, today, successor=bo.pk, successor_since=(today - 3 * DAY).isoformat())
        assert list(Holding.objects.order_by("since").values_list("contact", "since", "until")) == [
            (anna.pk, today - DAY, today), (bo.pk, today + DAY, None),
        ]  # fmt: skip

    def test_licence_that_is_still_to_begin_is_exchanged(self, staff_client, anna, bo, licence, today):
        Holding.objects.update(since=today + 10 * DAY)
        carry_out(staff_client, anna, today, successor=bo.pk)
        assert list(Holding.objects.values_list("contact", "since")) == [(bo.pk, today + 10 * DAY)]

    def test_successor_who_has_the_licence_does_not_get_another(self, staff_client, anna, bo, licence, today):
        HoldingFactory(licence=licence.licence, contact=bo)
        carry_out(staff_client, anna, today, successor=bo.pk)
        assert Holding.objects.filter(contact=bo).count() == 1

    def test_who_may_not_change_holdings_is_not_asked(self, staff, staff_client, anna, licence, today):
        staff.user_permissions.remove(Permission.objects.get(codename="change_holding"))
        assert key(licence) not in preview(staff_client, anna, today).context["fates"].fields
        carry_out(staff_client, anna, today)
        assert Holding.objects.get().until is None

    def test_role_in_a_project_is_handed_over(self, staff_client, anna, bo, skara, project_role, today):
        carry_out(staff_client, anna, today, successor=bo.pk)
        project_role.refresh_from_db()
        assert (project_role.contact, project_role.until) == (anna, today)
        new = ProjectRole.objects.get(contact=bo)
        assert (new.project, new.organisation, new.title) == (project_role.project, skara, "Projektledare")
        assert (new.since, new.until) == (today + DAY, None)

    @pytest.mark.parametrize(("fate", "ends"), [(END, True), (KEEP, False)])
    def test_role_in_a_project_ends_or_is_kept(self, fate, ends, staff_client, anna, bo, project_role, today):
        carry_out(staff_client, anna, today, {key(project_role): fate}, successor=bo.pk)
        assert ProjectRole.objects.get().until == (today if ends else None)

    def test_role_in_a_project_that_ends_before_the_successor_begins_goes_to_nobody(self, staff_client, anna, bo, project_role, today):
        save(project_role.project, until=today + DAY)
        shown = preview(staff_client, anna, today, successor=bo.pk, successor_since=(today + 9 * DAY).isoformat())
        assert HAND_OVER not in dict(shown.context["fates"].fields[key(project_role)].choices)

    def test_role_in_a_project_that_is_to_begin_is_exchanged(self, staff_client, anna, bo, project_role, today):
        ProjectRole.objects.update(since=today + 10 * DAY)
        carry_out(staff_client, anna, today, successor=bo.pk)
        new = ProjectRole.objects.get()
        assert (new.contact, new.since) == (bo, today + 10 * DAY)

    def test_task_about_the_organisation_is_handed_over_and_another_stays(self, staff_client, anna, bo, skara, today):
        task, own = TaskFactory(contact=anna, organisation=skara), TaskFactory(contact=anna)
        carry_out(staff_client, anna, today, successor=bo.pk)
        task.refresh_from_db()
        own.refresh_from_db()
        assert (task.contact, own.contact) == (bo, anna)

    def test_task_is_done_with(self, staff_client, anna, today):
        task = TaskFactory(contact=anna)
        carry_out(staff_client, anna, today, {key(task): END})
        task.refresh_from_db()
        assert task.is_done

    def test_registration_goes_to_the_successor_once(self, staff_client, anna, bo, coming, today):
        ParticipationFactory(activity=coming.activity, contact=bo)
        carry_out(staff_client, anna, today, successor=bo.pk)
        assert list(Participation.objects.values_list("contact", flat=True)) == [bo.pk]

    def test_newsletter_moves_to_the_new_address(self, staff_client, newsletter_staff, anna, today):
        one = SubscriptionFactory(email="anna.berg@skara.example", contact=anna)
        carry_out(staff_client, anna, today, new_organisation=OrganisationFactory().pk, new_email="anna@tjorn.example")
        one.refresh_from_db()
        assert (one.email, one.normalised, one.state) == ("anna@tjorn.example", "anna@tjorn.example", "active")

    def test_newsletter_ends_with_the_address(self, staff_client, newsletter_staff, anna, today):
        one = SubscriptionFactory(email="anna.berg@skara.example", contact=anna)
        carry_out(staff_client, anna, today)
        one.refresh_from_db()
        assert (one.state, one.unsubscribed_by) == ("unsubscribed", "staff")

    @pytest.mark.parametrize(("basis", "is_offered"), [("membership", True), ("consent", False)])
    def test_consent_is_nobody_elses(self, basis, is_offered, staff_client, newsletter_staff, anna, bo, today):
        EmailFactory(contact=bo, value="bo@skara.example")
        one = SubscriptionFactory(email="anna.berg@skara.example", contact=anna, basis=basis)
        shown = preview(staff_client, anna, today, successor=bo.pk)
        assert (HAND_OVER in dict(shown.context["fates"].fields[key(one)].choices)) == is_offered
        carry_out(staff_client, anna, today, successor=bo.pk)
        assert Subscription.objects.filter(contact=bo, email="bo@skara.example").exists() == is_offered

    def test_what_somebody_may_not_change_is_not_asked_about(self, staff, staff_client, anna, seat, today):
        SubscriptionFactory(email="anna.berg@skara.example", contact=anna)
        ProjectRoleFactory(contact=anna)
        staff.user_permissions.remove(*Permission.objects.filter(codename__in=["change_network", "change_project"]))
        shown = preview(staff_client, anna, today)
        assert not {"seat", "projectrole", "subscription"} & {name.partition("-")[0] for name in shown.context["fates"].fields}

    def test_undo_takes_all_of_it_back(
        self, staff, staff_client, newsletter_staff, anna, skara, seat, own_seat, project_role, licence, coming, today
    ):
        TaskFactory(contact=anna, organisation=skara)
        SubscriptionFactory(email="anna.berg@skara.example", contact=anna, basis="membership", newsletter=NewsletterFactory())
        new = {"new_organisation": OrganisationFactory().pk, "new_email": "anna@tjorn.example", "new_phone": "070-174 06 05"}
        successor = {"successor_first_name": "Cecilia", "successor_last_name": "Öst", "successor_email": "cecilia@skara.example"}
        before = dump()
        fates = {key(point("0511-320 00")): HAND_OVER, key(own_seat): HAND_OVER}
        carry_out(staff_client, anna, today, fates, **new, **successor)
        after = dump()
        touched = {model for model in before if before[model] != after[model]}
        assert {
            "crm.affiliation",
            "crm.contact",
            "crm.contactpoint",
            "crm.holding",
            "crm.participation",
            "crm.projectrole",
            "crm.seat",
            "crm.task",
        } <= touched
        assert "newsletter.subscription" in touched

        undo(ChangeSet.objects.get(cause="job_change"), acting_user=staff)

        assert dump() == before


class TestBadInput:
    def test_last_day_before_the_first(self, staff_client, anna, today):
        assert set(errors(staff_client.post(url(anna), answers(today, last_day="2014-01-01")))) == {"last_day"}

    def test_new_role_that_begins_before_the_old_one_ends(self, staff_client, anna, today):
        new = {"new_organisation": OrganisationFactory().pk, "new_since": today.isoformat()}
        assert set(errors(staff_client.post(url(anna), answers(today, **new)))) == {"new_since"}

    def test_successor_from_before_the_leaver(self, staff_client, anna, bo, today):
        response = staff_client.post(url(anna), answers(today, successor=bo.pk, successor_since="2014-01-01"))
        assert set(errors(response)) == {"successor_since"}

    def test_same_organisation(self, staff_client, anna, skara, today):
        assert set(errors(staff_client.post(url(anna), answers(today, new_organisation=skara.pk)))) == {"new_organisation"}

    def test_new_role_without_an_organisation(self, staff_client, anna, today):
        assert set(errors(staff_client.post(url(anna), answers(today, new_title="Rektor")))) == {"new_organisation"}

    def test_nobody_succeeds_themselves(self, staff_client, anna, today):
        assert set(errors(staff_client.post(url(anna), answers(today, successor=anna.pk)))) == {"successor"}

    def test_successor_both_chosen_and_written(self, staff_client, anna, bo, today):
        data = answers(today, successor=bo.pk, successor_first_name="Cecilia", successor_last_name="Öst")
        assert set(errors(staff_client.post(url(anna), data))) == {"successor"}

    def test_successor_with_half_a_name(self, staff_client, anna, today):
        assert set(errors(staff_client.post(url(anna), answers(today, successor_first_name="Cecilia")))) == {"successor_last_name"}

    def test_other_reason_left_empty(self, staff_client, anna, today):
        assert set(errors(staff_client.post(url(anna), answers(today, reason="other")))) == {"other_reason"}

    @pytest.mark.parametrize("field", ["new_email", "successor_email"])
    def test_address_of_somebody_else_says_whose(self, field, staff_client, anna, today):
        EmailFactory(contact=ContactFactory(first_name="Dag", last_name="Alm"), value="dag@tjorn.example")
        more = {"new_organisation": OrganisationFactory().pk, "successor_first_name": "Cecilia", "successor_last_name": "Öst"}
        found = errors(staff_client.post(url(anna), answers(today, **more, **{field: "DAG@tjorn.example"})))
        assert set(found) == {field}
        assert "Dag Alm" in found[field][0]

    def test_private_address_of_the_leaver_is_not_the_successors(self, staff_client, anna, bo, today):
        found = errors(staff_client.post(url(anna), answers(today, successor=bo.pk, successor_email="anna@hem.example")))
        assert "Anna Berg" in found["successor_email"][0]

    def test_one_address_for_two_people(self, staff_client, anna, bo, today):
        more = {"new_organisation": OrganisationFactory().pk, "new_email": "x@ny.example"}
        response = staff_client.post(url(anna), answers(today, **more, successor=bo.pk, successor_email="x@ny.example"))
        assert set(errors(response)) == {"successor_email"}

    @pytest.mark.parametrize("value", [{"new_email": "anna snabel-a"}, {"new_phone": "ring växeln"}, {"last_day": "igår"}])
    def test_odd_values_are_refused_at_the_field_and_kept(self, value, staff_client, anna, today):
        response = staff_client.post(url(anna), answers(today, new_organisation=OrganisationFactory().pk) | value)
        assert set(errors(response)) == set(value)
        assert next(iter(value.values())) in response.content.decode()

    def test_decision_that_does_not_exist_is_asked_again(self, staff_client, anna, today):
        shown = preview(staff_client, anna, today)
        data = answers(today) | defaults(shown) | {"seen": shown.context["seen"], "step": "carry_out", "fate-published": HAND_OVER}
        response = staff_client.post(url(anna), data)
        assert response.context["step"] == 2
        assert "published" in response.context["fates"].errors
        assert anna.affiliations.get().until is None

    def test_back_keeps_what_was_decided(self, staff_client, anna, today):
        decided = {f"fate-{key(point('anna.berg@skara.example'))}": KEEP}
        back = staff_client.post(url(anna), answers(today, step="change", reason="retired") | decided)
        assert back.context["step"] == 1
        assert back.context["form"]["reason"].value() == "retired"
        assert back.context["kept"] == list(decided.items())
        again = staff_client.post(url(anna), answers(today, reason="retired") | dict(back.context["kept"]))
        assert defaults(again).items() >= decided.items()


class TestTheWayThere:
    def test_one_role_is_asked_about_at_once(self, staff_client, anna):
        response = staff_client.get(f"/admin/contact/{anna.pk}/job-change/")
        assert response.url == url(anna)

    def test_several_roles_are_chosen_from(self, staff_client, anna, today):
        other = AffiliationFactory(contact=anna)
        AffiliationFactory(contact=anna, until=today - DAY)
        response = staff_client.get(f"/admin/contact/{anna.pk}/job-change/")
        assert {role.pk for role in response.context["roles"]} == {anna.affiliations.earliest("pk").pk, other.pk}

    def test_without_a_role_the_page_says_so(self, staff_client, bo):
        response = staff_client.get(f"/admin/contact/{bo.pk}/job-change/")
        assert f"/admin/contact/edit/{bo.pk}/" in response.content.decode()

    def test_role_that_has_ended_leads_back(self, staff_client, anna, today):
        Affiliation.objects.update(until=today - DAY)
        assert staff_client.get(url(anna)).url == f"/admin/contact/inspect/{anna.pk}/"

    def test_role_of_somebody_else_is_not_found(self, staff_client, anna, bo):
        role = anna.affiliations.get()
        assert staff_client.get(f"/admin/contact/{bo.pk}/job-change/{role.pk}/").status_code == 404

    def test_form_and_list_lead_there(self, staff_client, anna):
        link = f'href="/admin/contact/{anna.pk}/job-change/"'
        assert link in staff_client.get(f"/admin/contact/edit/{anna.pk}/").content.decode()
        assert link in staff_client.get("/admin/contact/").content.decode()

    def test_onlooker_is_neither_led_there_nor_let_in(self, onlooker_client, anna, today):
        assert "job-change" not in onlooker_client.get("/admin/contact/").content.decode()
        before = dump()
        for address in (url(anna), f"/admin/contact/{anna.pk}/job-change/"):
            assert onlooker_client.get(address).status_code == 302
        assert onlooker_client.post(url(anna), answers(today, step="carry_out", seen=0)).status_code == 302
        assert dump() == before

    def test_new_person_needs_the_permission_to_add_contacts(self, staff, staff_client, anna, today):
        staff.user_permissions.remove(Permission.objects.get(codename="add_contact"))
        assert "successor_first_name" not in staff_client.get(url(anna)).content.decode()
        carry_out(staff_client, anna, today, successor_first_name="Cecilia", successor_last_name="Öst")
        assert Contact.objects.count() == 1
