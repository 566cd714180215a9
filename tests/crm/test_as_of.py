"""Lists and counts as of a day: the time in the data decides, not when something was typed."""

import datetime
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.filters.contacts import contacts_matching, describe
from crm.models import Contact
from crm.years import OperatingYear
from newsletter.services.audience import Audience
from tests.crm.exports import export, table
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    FeeFactory,
    HoldingFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectRoleFactory,
    RoleFactory,
    SeatFactory,
    SegmentFactory,
)
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory, create_issue

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
BEFORE, AFTER = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)
ON = f"on={DAY}"


def at_noon(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def shown(client, name, query=ON):
    return list(client.get(f"/admin/{name}/?{query}").context["object_list"])


def text_of(client, name, query=ON):
    return client.get(f"/admin/{name}/?{query}").content.decode()


# Contacts


def test_contacts_archived_since_are_there_and_those_archived_by_then_are_not(staff_client):
    there = AffiliationFactory(contact__archived_at=at_noon(AFTER)).contact
    gone = AffiliationFactory(contact__archived_at=at_noon(DAY)).contact
    active = AffiliationFactory().contact
    assert set(shown(staff_client, "contact")) == {there, active}
    assert shown(staff_client, "contact", f"{ON}&archived=archived") == [gone]
    assert shown(staff_client, "contact", "") == [active]


def test_contacts_are_shown_with_the_roles_of_the_day(staff_client):
    contact = AffiliationFactory(title="Rektor", until=DAY).contact
    AffiliationFactory(contact=contact, title="Utredare", since=AFTER)
    assert "Rektor" in text_of(staff_client, "contact")
    assert "Utredare" not in text_of(staff_client, "contact")
    assert "Rektor" not in text_of(staff_client, "contact", "")


@pytest.mark.parametrize(
    ("dates", "is_there"),
    [
        ({}, True),
        ({"since": DAY, "until": DAY}, True),
        ({"since": AFTER}, False),
        ({"until": BEFORE}, False),
        ({"since": BEFORE, "until": AFTER}, True),
    ],
)
def test_filters_through_roles_mean_the_day(dates, is_there):
    role = RoleFactory()
    organisation = OrganisationFactory(kind="company", municipality=MunicipalityFactory(subregion="Fyrbodal"))
    contact = AffiliationFactory(role=role, organisation=organisation, **dates).contact
    municipality = organisation.municipality_id
    queries = [
        f"role={role.pk}", f"organisation={organisation.pk}", "kind=company", "subregion=Fyrbodal", f"municipality={municipality}",
        "in_role=yes",
    ]  # fmt: skip
    for query in queries:
        assert list(contacts_matching(f"{query}&{ON}")) == [contact] * is_there, query
    assert list(contacts_matching(f"in_role=no&{ON}")) == [contact] * (not is_there)


def test_membership_network_and_fee_of_contacts_mean_the_day():
    paid = FeeFactory(year=OperatingYear(2017), paid_on=AFTER, membership__since=DAY).membership
    contact = AffiliationFactory(organisation=OrganisationFactory(parent=paid.organisation)).contact
    network = SeatFactory(contact=contact, until=DAY).network
    assert list(contacts_matching(f"member=yes&on={DAY}")) == [contact]
    assert list(contacts_matching(f"member=no&on={BEFORE}")) == [contact]
    assert list(contacts_matching(f"network={network.pk}&on={DAY}")) == [contact]
    assert list(contacts_matching(f"network={network.pk}&on={AFTER}")) == []
    assert list(contacts_matching(f"fee_paid=2017/2018&on={DAY}")) == []
    assert list(contacts_matching(f"fee_paid=2017/2018&on={AFTER}")) == [contact]


def test_day_is_told_and_leads_back_to_today(staff_client):
    ContactFactory(last_name="Ek")
    page = text_of(staff_client, "contact", f"{ON}&q=ek")
    assert "1 mars 2018" in page
    assert "/admin/contact/?q=ek" in page
    assert describe(f"{ON}&member=yes")[0].endswith(": 2018-03-01")
    assert "2018" not in text_of(staff_client, "contact", "q=ek").split("register-as-of")[-1]


def test_people_without_a_role_that_day_are_left_out_unless_they_are_asked_for():
    contact = AffiliationFactory(since=DAY, until=DAY).contact
    without = ContactFactory()
    seated = SeatFactory(contact=without, until=DAY)
    assert list(contacts_matching(ON)) == [contact]
    assert list(contacts_matching(f"on={AFTER}")) == []
    assert list(contacts_matching(f"{ON}&in_role=no")) == [without]
    assert list(contacts_matching(f"{ON}&network={seated.network_id}")) == [without]
    assert set(contacts_matching("")) == {contact, without}
    assert len(describe(ON)) == 2
    assert len(describe(f"{ON}&in_role=no")) == 2
    assert describe("in_role=no") == describe(f"{ON}&in_role=no")[1:]


@pytest.mark.parametrize(
    "text",
    [
        "1/3 2018", "1/3/2018", "01/03 2018", "1.3.2018", "1-3-2018", "20180301",
        " 1 mars 2018", "1 Mars 2018", "den 1 mars 2018", "1:a mars 2018", "1st March, 2018", "1 mar. 2018",
    ],
)  # fmt: skip
def test_day_is_read_as_people_write_it(text):
    contact = AffiliationFactory(since=DAY, until=DAY).contact
    query = urlencode({"on": text})
    assert list(contacts_matching(query)) == [contact]
    assert describe(query)[0].endswith(": 2018-03-01")


def test_date_picker_does_not_replace_what_it_cannot_read_by_today(staff_client):
    assert '"validateOnBlur": false' in text_of(staff_client, "contact", "")
    page = staff_client.get("/admin/register/changes/").content.decode()
    assert page.count('"validateOnBlur": false') == 2


# A day that is none

NO_DAYS = ["igår", "2018-02-30", "31/2 2018", "1 marsch 2018", "0 mars 2018", "0001-01-01", "9999-12-31", "%00", "2018"]


@pytest.mark.parametrize("day", NO_DAYS)
@pytest.mark.parametrize("name", ["contact", "organisation", "membership", "network", "project", "role"])
def test_no_day_shows_a_message_and_not_the_whole_list(staff_client, name, day):
    AffiliationFactory(organisation=MembershipFactory().organisation)
    SeatFactory()
    ProjectFactory()
    response = staff_client.get(f"/admin/{name}/?on={day}")
    assert list(response.context["object_list"]) == []
    assert response.context["filter_errors"]
    assert response.context["filter_errors"][0] in response.content.decode()


@pytest.mark.parametrize("day", NO_DAYS)
def test_no_day_lets_nobody_into_a_segment(day):
    ContactFactory()
    with pytest.raises(ValidationError):
        contacts_matching(f"on={day}")


# What goes by the same filter


def test_segment_export_and_audience_mean_the_day(staff_client):
    role = RoleFactory()
    then = AffiliationFactory(role=role, until=DAY).contact
    now = AffiliationFactory(role=role, since=AFTER).contact
    segment = SegmentFactory(query=f"role={role.pk}&{ON}")
    assert "2018-03-01" in staff_client.get(f"/admin/segment/edit/{segment.pk}/").content.decode()
    (row,) = table(export(staff_client, "contact", f"?{segment.query}"))
    assert (row["Nr"], row["Till"]) == (str(then.pk), str(DAY))
    for contact in (then, now):
        SubscriptionFactory(contact=contact, newsletter=NewsletterFactory())
    assert [one.contact for one in Audience(create_issue(segment=segment)).recipients()] == [then]


# Organisations


def test_organisations_of_the_day(staff_client):
    member = MembershipFactory(since=DAY, until=DAY).organisation
    gone = OrganisationFactory(archived_at=at_noon(BEFORE))
    assert shown(staff_client, "organisation") == [member]
    assert shown(staff_client, "organisation", f"{ON}&archived=all") in ([member, gone], [gone, member])
    assert shown(staff_client, "organisation", f"{ON}&member=yes") == [member]
    assert shown(staff_client, "organisation", f"on={AFTER}&member=yes") == []
    assert shown(staff_client, "organisation", f"on={AFTER}&member=no") == [member]


def test_fee_that_was_paid_later_was_not_paid_then(staff_client):
    organisation = FeeFactory(year=OperatingYear(2017), paid_on=DAY).membership.organisation
    assert shown(staff_client, "organisation", f"on={DAY}&fee_paid=2017/2018") == [organisation]
    assert shown(staff_client, "organisation", f"on={BEFORE}&fee_paid=2017/2018") == []


# Memberships


def test_memberships_of_the_day_with_the_fee_as_it_stood(staff_client):
    fee = FeeFactory(
        year=OperatingYear(2017), invoiced_on=BEFORE, due_on=DAY, paid_on=AFTER, membership__since=BEFORE, membership__until=AFTER
    )
    FeeFactory(membership=fee.membership, year=OperatingYear(2018), paid_on=datetime.date(2018, 9, 1))
    MembershipFactory(since=AFTER)
    MembershipFactory(archived_at=at_noon(AFTER))  # entered by mistake: never was
    assert shown(staff_client, "membership") == [fee.membership]
    assert "2017/2018: fakturerad" in text_of(staff_client, "membership")
    assert "2017/2018: betald" in text_of(staff_client, "membership", f"on={AFTER}")
    assert "2018/2019: betald" in text_of(staff_client, "membership", "")
    late = datetime.date(2018, 6, 1)
    assert shown(staff_client, "membership", f"on={late}") == [one for one in shown(staff_client, "membership", "") if one.since == AFTER]


def test_membership_filters_mean_the_day(staff_client):
    fee = FeeFactory(year=OperatingYear(2017), paid_on=AFTER)
    former = MembershipFactory(until=BEFORE)
    assert shown(staff_client, "membership", f"{ON}&fee_unpaid=2017/2018") == [fee.membership]
    assert shown(staff_client, "membership", f"on={AFTER}&fee_paid=2017/2018") == [fee.membership]
    assert shown(staff_client, "membership", f"{ON}&current=no") == [former]


# Projects, networks and roles


def test_projects_count_the_partners_of_the_day(staff_client):
    project = PartnerFactory(until=DAY).project
    PartnerFactory(project=project, organisation=project.partners.get().organisation, since=DAY)  # still one organisation
    PartnerFactory.create_batch(2, project=project, since=AFTER)
    ProjectFactory(archived_at=at_noon(DAY))
    assert [(one, one.partner_count) for one in shown(staff_client, "project")] == [(project, 1)]
    assert [one.partner_count for one in shown(staff_client, "project", "")] == [3]


def test_filters_by_project_mean_the_day(staff_client):
    project = ProjectFactory()
    role = ProjectRoleFactory(project=project, until=DAY)
    partner = PartnerFactory(project=project, since=DAY, until=DAY).organisation
    assert list(contacts_matching(f"project={project.pk}&on={DAY}")) == [role.contact]
    assert list(contacts_matching(f"project={project.pk}&on={AFTER}")) == []
    for day, found in ((DAY, [partner]), (BEFORE, [])):
        assert shown(staff_client, "organisation", f"project={project.pk}&on={day}") == found
        assert shown(staff_client, "project", f"partner={partner.pk}&on={day}") == [project] * len(found)
    assert shown(staff_client, "project", f"contact={role.contact_id}&on={DAY}") == [project]
    assert shown(staff_client, "project", f"contact={role.contact_id}&on={AFTER}") == []


def test_networks_count_the_seats_of_the_day(staff_client):
    network = NetworkFactory()
    SeatFactory.create_batch(2, network=network, until=DAY)
    SeatFactory(network=network, since=AFTER)
    NetworkFactory(archived_at=at_noon(DAY))
    assert [(one, one.current_seats) for one in shown(staff_client, "network")] == [(network, 2)]
    assert [one.current_seats for one in shown(staff_client, "network", "")] == [1]
    assert len(table(export(staff_client, "network", f"?{ON}"))) == 2


def test_roles_count_the_people_of_the_day_and_lead_to_them(staff_client):
    role = RoleFactory()
    contact = AffiliationFactory(role=role, until=DAY).contact
    AffiliationFactory(role=role, until=DAY, contact=contact)  # two places, one person
    AffiliationFactory.create_batch(2, role=role, since=AFTER)
    AffiliationFactory(role=role, contact__archived_at=at_noon(BEFORE))
    unused = RoleFactory()
    for query in (ON, ""):
        counts = {one.pk: one.holders for one in shown(staff_client, "role", query)}
        assert counts == {role.pk: 1 if query else 2, unused.pk: 0}
        address = f"/admin/contact/?role={role.pk}" + (f"&amp;{query}" if query else "")
        assert f'href="{address}"' in text_of(staff_client, "role", query)
        assert len(shown(staff_client, "contact", f"role={role.pk}&{query}")) == counts[role.pk]


# Both sides of the same count


def test_counts_of_the_list_and_of_the_register_agree():
    for dates in ({}, {"until": BEFORE}, {"since": AFTER}):
        AffiliationFactory(**dates)
    AffiliationFactory(contact__archived_at=at_noon(AFTER))
    assert set(contacts_matching(f"in_role=yes&{ON}")) == set(Contact.objects.in_role(DAY))
    assert contacts_matching(f"in_role=yes&{ON}").count() == 2


ROWS = {
    "contact": lambda: AffiliationFactory(until=DAY),
    "organisation": lambda: MembershipFactory(),
    "membership": lambda: FeeFactory(),
    "network": lambda: SeatFactory(),
    "licence": lambda: HoldingFactory(),
    "holding": lambda: HoldingFactory(),
    "project": lambda: PartnerFactory(),
    "role": lambda: AffiliationFactory(),
}


@pytest.mark.parametrize("name", ROWS)
def test_list_as_of_a_day_keeps_its_queries_when_rows_grow(name, staff_client, django_assert_max_num_queries):
    ROWS[name]()
    staff_client.get(f"/admin/{name}/?{ON}")
    with django_assert_max_num_queries(30) as few:
        staff_client.get(f"/admin/{name}/?{ON}")
    for _number in range(20):
        ROWS[name]()
    with django_assert_max_num_queries(30) as many:
        assert len(shown(staff_client, name)) > 1
    assert len(many) == len(few)
