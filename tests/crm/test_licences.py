"""Licences and who holds them: what is refused, what the lists count, what the pages tell."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from django.utils.translation import gettext

from crm.figures import Period, count_figures
from crm.models import ChangeSet, Holding, Licence
from crm.models.licences import most_at_once
from crm.services.undo import undo
from crm.years import OperatingYear
from tests.crm.exports import export, table
from tests.dumps import dump
from tests.factories.crm import AffiliationFactory, ContactFactory, HoldingFactory, LicenceFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


def holding_form(licence, **values):
    empty = dict.fromkeys(["contact", "organisation", "since", "until", "confirmed_at", "confirmed_by", "note"], "")
    return {**empty, "licence": licence.pk, **values}


def give(client, licence, **values):
    return client.post("/admin/holding/new/", holding_form(licence, **values))


def licence_form(**values):
    names = ["name", "supplier", "seats", "since", "until", "price", "value", "description", "note"]
    return {**dict.fromkeys(names, ""), "kind": "survey", **values}


def shown(client, address):
    return list(client.get(f"/admin/{address}").context["object_list"])


# The most at once


@pytest.mark.parametrize(
    ("spans", "most"),
    [
        ([], (0, 10)),
        ([(None, None), (None, 9), (5, 12)], (2, 10)),
        ([(11, 12), (12, 14), (13, 13)], (2, 12)),
        ([(11, 12), (13, 14)], (1, 11)),
        ([(21, None)], (0, 10)),
    ],
)
def test_most_at_once_counts_both_ends_and_nothing_outside_the_period(spans, most):
    def day(number):
        return number and datetime.date(2018, 3, number)

    number, at = most_at_once([(day(since), day(until)) for since, until in spans], day(10), day(20))
    assert (number, at) == (most[0], day(most[1]))


# Giving a licence


def test_licence_is_given_to_a_person_at_an_organisation(staff, staff_client, today):
    licence, role = LicenceFactory(name="Enkätverktyget", seats=2), AffiliationFactory()
    form = staff_client.get("/admin/holding/new/", {"contact": role.contact_id, "licence": licence.pk}).context["form"]
    assert form["organisation"].value() == role.organisation_id
    assert (form["since"].value(), form["confirmed_at"].value(), form["confirmed_by"].value()) == (today, today, "personal")
    assert "Enkätverktyget (2 platser lediga)" in str(form["licence"])

    give(staff_client, licence, contact=role.contact_id, organisation=role.organisation_id, since=today)

    holding = Holding.objects.get()
    assert (holding.licence, holding.contact, holding.organisation, holding.since) == (licence, role.contact, role.organisation, today)
    assert ChangeSet.objects.latest("pk").actor == staff


def test_with_roles_at_two_places_nobody_guesses_for_which(staff_client):
    contact = AffiliationFactory().contact
    AffiliationFactory(contact=contact)
    assert staff_client.get("/admin/holding/new/", {"contact": contact.pk}).context["form"]["organisation"].value() is None


def test_more_holders_than_seats_are_refused_in_a_sentence(staff_client, today):
    licence = HoldingFactory(licence=LicenceFactory(name="Enkätverktyget", seats=1)).licence
    response = give(staff_client, licence, contact=ContactFactory().pk, since=today)
    assert "Ingen plats är ledig: 1 av 1 platser i Enkätverktyget är upptagna" in response.content.decode()
    assert Holding.objects.count() == 1


@pytest.mark.parametrize(
    ("since", "until", "is_refused"),
    [
        (0, None, True),
        (6, None, False),  # the day after the other one ends
        (5, None, True),
        (-30, -1, False),  # of the past nobody knows how many seats there were
        (-30, 0, True),
    ],
)
def test_seat_is_free_when_the_other_one_has_ended(since, until, is_refused, staff_client, today):
    licence = HoldingFactory(licence=LicenceFactory(seats=1), since=today - 9 * DAY, until=today + 5 * DAY).licence
    until = "" if until is None else today + until * DAY
    response = give(staff_client, licence, contact=ContactFactory().pk, since=today + since * DAY, until=until)
    assert (response.status_code == 200) == is_refused


def test_last_seat_that_somebody_takes_meanwhile_is_not_given_twice(staff_client, monkeypatch):
    licence, contact, clean = LicenceFactory(seats=1), ContactFactory(), Holding.clean

    def taken_after_the_first_look(holding):
        clean(holding)
        if not licence.holdings.exists():
            HoldingFactory(licence=licence)

    monkeypatch.setattr(Holding, "clean", taken_after_the_first_look)
    response = give(staff_client, licence, contact=contact.pk)
    assert "Ingen plats är ledig" in response.content.decode()
    assert not Holding.objects.filter(contact=contact).exists()


def test_licence_without_a_number_of_seats_is_never_full(staff_client):
    licence = HoldingFactory().licence
    assert give(staff_client, licence, contact=ContactFactory().pk).status_code == 302


def test_what_is_held_too_often_may_still_be_corrected(staff_client):
    licence = LicenceFactory()
    holding, _other = HoldingFactory.create_batch(2, licence=licence)
    Licence.objects.update(seats=1)
    response = staff_client.post(f"/admin/holding/edit/{holding.pk}/", holding_form(licence, contact=holding.contact_id, note="asa"))
    assert response.status_code == 302
    assert Holding.objects.get(pk=holding.pk).note == "asa"


def test_nobody_holds_one_licence_twice_but_an_organisation_may_have_several_seats(staff_client):
    held = HoldingFactory(organisation=OrganisationFactory())
    response = give(staff_client, held.licence, contact=held.contact_id)
    assert f"{held.contact} har redan {held.licence}" in response.content.decode()
    for _number in range(2):
        assert give(staff_client, held.licence, organisation=held.organisation_id).status_code == 302


def test_holding_needs_somebody_and_a_licence_that_goes_on(staff_client, today):
    licence = LicenceFactory(until=today - DAY)
    assert gettext("Choose an organisation, a contact, or both.") in give(staff_client, licence).content.decode()
    assert "since" in give(staff_client, licence, contact=ContactFactory().pk, since=today).context["form"].errors


def test_seats_are_not_lowered_below_those_that_are_held(staff_client):
    licence = LicenceFactory(seats=3)
    HoldingFactory.create_batch(2, licence=licence)
    address = f"/admin/licence/edit/{licence.pk}/"
    assert "seats" in staff_client.post(address, licence_form(name="Enkät", seats=1)).context["form"].errors
    assert staff_client.post(address, licence_form(name="Enkät", seats=2)).status_code == 302


def test_archived_licence_is_not_offered(staff_client):
    LicenceFactory(name="Gammalt", archived_at=timezone.now())
    assert "Gammalt" not in str(staff_client.get("/admin/holding/new/").context["form"]["licence"])


# Who may


def test_onlooker_sees_and_changes_nothing(onlooker_client, today):
    holding = HoldingFactory(licence__name="Enkätverktyget")
    assert shown(onlooker_client, "holding/") == [holding]
    assert shown(onlooker_client, "licence/") == [holding.licence]
    for address in ("holding/new/", f"holding/edit/{holding.pk}/", "holding/export/", f"licence/edit/{holding.licence_id}/"):
        assert onlooker_client.get(f"/admin/{address}").status_code in (302, 403)
    onlooker_client.post(f"/admin/holding/confirm/{holding.pk}/")
    give(onlooker_client, holding.licence, contact=ContactFactory().pk)
    assert (Holding.objects.count(), Holding.objects.get().confirmed_at) == (1, None)
    page = onlooker_client.get(f"/admin/contact/inspect/{holding.contact_id}/").content.decode()
    assert "Enkätverktyget" in page
    assert gettext("Give a licence") not in page


def test_who_may_not_see_holdings_finds_none_on_a_record(staff, staff_client):
    staff.user_permissions.remove(*Permission.objects.filter(codename__endswith="_holding"))
    holding = HoldingFactory(licence__name="Enkätverktyget", organisation=OrganisationFactory(), since=datetime.date(2018, 1, 1))
    for record in (holding.contact, holding.organisation):
        assert "Enkätverktyget" not in staff_client.get(f"/admin/{record._meta.model_name}/inspect/{record.pk}/").content.decode()
    assert staff_client.get("/admin/holding/").status_code in (302, 403)


def test_who_kept_networks_may_keep_licences_after_the_migration():
    migration = import_module("crm.migrations.0011_licences")
    office, others = Group.objects.create(name="Kontoret"), Group.objects.create(name="Andra")
    for action in ("view", "change"):
        office.permissions.add(Permission.objects.get(codename=f"{action}_network"))
    others.permissions.add(Permission.objects.get(codename="view_contact"))
    migration.allow_whoever_keeps_networks(apps, None)
    new = {f"{action}_{name}" for action in ("view", "change") for name in ("licence", "holding", "network")}
    assert set(office.permissions.values_list("codename", flat=True)) == new
    assert others.permissions.count() == 1


# The lists


def test_licences_are_listed_with_what_is_held_and_free(staff_client, today):
    licence = LicenceFactory(name="Enkät", seats=5, value="2100")
    HoldingFactory.create_batch(2, licence=licence, until=today)
    HoldingFactory(licence=licence, since=today + DAY)
    LicenceFactory(name="Fritt")
    full = HoldingFactory(licence=LicenceFactory(name="Trångt", seats=1)).licence
    over = HoldingFactory(licence=full).licence
    response = staff_client.get("/admin/licence/?columns=seats,held,free,value_in_use")
    assert [(one.name, one.held, one.free) for one in response.context["object_list"]] == [
        ("Enkät", 2, 3), ("Fritt", 0, None), ("Trångt", 2, -1),
    ]  # fmt: skip
    assert {column.name: total for column, total in response.context["table"].footer}["value_in_use"].replace("\xa0", " ") == "4 200"
    assert f'href="/admin/holding/?licence={licence.pk}"' in response.content.decode()
    assert "1 för få" in response.content.decode()
    assert [one.name for one in shown(staff_client, "licence/?free=yes")] == ["Enkät", "Fritt"]
    assert shown(staff_client, "licence/?free=no") == shown(staff_client, "licence/?free=over") == [over]
    assert shown(staff_client, f"licence/?free=yes&on={today + DAY}&q=enkat")[0].held == 1


def test_licences_of_a_supplier_and_whose_agreement_goes_on(staff_client, today):
    bought = LicenceFactory(supplier=OrganisationFactory(), until=today)
    ended = LicenceFactory(until=today - DAY)
    assert shown(staff_client, f"licence/?supplier={bought.supplier_id}") == [bought]
    assert shown(staff_client, "licence/?current=yes") == [bought]
    assert shown(staff_client, "licence/?current=no") == [ended]


def test_list_of_holdings_is_of_those_that_are_held_then(staff_client, today):
    ended, now, coming = HoldingFactory(until=today - DAY), HoldingFactory(), HoldingFactory(since=today + DAY)
    assert shown(staff_client, "holding/") == [now]
    assert shown(staff_client, f"holding/?on={today - DAY}") == [ended, now]
    assert shown(staff_client, "holding/?when=ended") == [ended]
    assert shown(staff_client, "holding/?when=coming") == [coming]
    assert len(shown(staff_client, "holding/?when=all")) == 3


def test_holdings_are_sorted_by_their_holders_and_found_by_them(staff_client):
    HoldingFactory(contact=None, organisation=OrganisationFactory(name="Lärcentrum Skara"), licence__name="Lärplattformen")
    HoldingFactory(contact__first_name="Åsa", contact__last_name="Öberg")
    HoldingFactory(contact__first_name="Bo", contact__last_name="Ek")
    assert [str(one) for one in shown(staff_client, "holding/")] == ["Bo Ek", "Lärcentrum Skara", "Åsa Öberg"]
    assert [str(one) for one in shown(staff_client, "holding/?q=oberg+asa")] == ["Åsa Öberg"]
    assert [str(one) for one in shown(staff_client, "holding/?q=larplatt")] == ["Lärcentrum Skara"]


def test_holdings_that_nobody_has_confirmed_for_long(staff_client, today):
    fresh, stale, never = HoldingFactory(confirmed_at=today), HoldingFactory(confirmed_at=today - 800 * DAY), HoldingFactory()
    assert shown(staff_client, "holding/?confirmed=fresh") == [fresh]
    assert shown(staff_client, "holding/?confirmed=stale&confirmed=never") == [stale, never]


def test_holders_who_have_left(staff_client, today):
    role = AffiliationFactory()
    HoldingFactory(contact=role.contact, organisation=role.organisation)
    HoldingFactory(contact=role.contact)
    HoldingFactory(contact=None, organisation=role.organisation)
    gone = [
        HoldingFactory(contact=AffiliationFactory(until=today - DAY).contact),
        HoldingFactory(contact=AffiliationFactory(contact__archived_at=timezone.now()).contact),
        HoldingFactory(contact=role.contact, organisation=OrganisationFactory()),
    ]
    assert set(shown(staff_client, "holding/?left=yes")) == set(gone)


def test_holdings_of_an_organisation_with_what_belongs_to_it(staff_client):
    centre = OrganisationFactory(parent=OrganisationFactory())
    holding = HoldingFactory(organisation=centre)
    HoldingFactory(organisation=OrganisationFactory())
    for number in (centre.pk, centre.parent_id):
        assert shown(staff_client, f"holding/?organisation={number}") == [holding]
    assert shown(staff_client, f"holding/?contact={holding.contact_id}") == [holding]


def test_contacts_and_organisations_are_found_by_what_they_hold(staff_client, today):
    holding = HoldingFactory(contact=AffiliationFactory().contact, organisation=OrganisationFactory(), until=today)
    AffiliationFactory()
    assert shown(staff_client, f"contact/?licence={holding.licence_id}") == [holding.contact]
    assert shown(staff_client, f"contact/?licence={holding.licence_id}&on={today + DAY}") == []
    assert shown(staff_client, f"organisation/?licence={holding.licence_id}") == [holding.organisation]


# Confirming


def test_holding_is_confirmed_where_one_sees_it(staff, staff_client, today):
    holding = HoldingFactory(confirmed_at=datetime.date(2016, 1, 1), confirmed_by="Åsa")
    response = staff_client.post(f"/admin/holding/confirm/{holding.pk}/", {"next": f"/admin/contact/inspect/{holding.contact_id}/"})
    assert response["Location"] == f"/admin/contact/inspect/{holding.contact_id}/"
    holding.refresh_from_db()
    assert (holding.confirmed_at, holding.confirmed_by) == (today, "personal")
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    holding.refresh_from_db()
    assert holding.confirmed_by == "Åsa"


@pytest.mark.parametrize("number", [999_999, 2**64])
def test_holding_that_is_not_there_is_not_confirmed(staff_client, number):
    assert staff_client.post(f"/admin/holding/confirm/{number}/").status_code == 404


# Elsewhere


def test_record_tells_what_is_and_was_held(staff_client, today):
    holding = HoldingFactory(licence__name="Enkätverktyget", organisation=OrganisationFactory(), since=today - DAY)
    HoldingFactory(licence__name="Mötesrummet", contact=holding.contact, since=datetime.date(2016, 1, 1), until=datetime.date(2017, 1, 1))
    page = staff_client.get(f"/admin/contact/inspect/{holding.contact_id}/?kind=licence").content.decode()
    for words in ("Fick licens för Enkätverktyget", "Lämnade licensen för Mötesrummet", gettext("never confirmed"), gettext("Confirm")):
        assert words in page
    page = staff_client.get(f"/admin/organisation/inspect/{holding.organisation_id}/").content.decode()
    assert f"{holding.contact} fick licens för Enkätverktyget" in page
    assert f"/admin/holding/new/?organisation={holding.organisation_id}&amp;next=" in page


def test_palette_finds_a_licence_and_what_can_be_done_with_it(staff_client):
    licence = HoldingFactory(licence=LicenceFactory(name="Enkätverktyget", seats=3)).licence
    found = staff_client.get("/admin/palette/results/", {"q": "enkatv"}).content.decode()
    assert f"/admin/licence/edit/{licence.pk}/" in found
    assert "2 av 3 platser lediga" in found
    here = staff_client.get("/admin/palette/results/", {"here": f"/admin/licence/edit/{licence.pk}/"}).content.decode()
    assert f"/admin/holding/new/?licence={licence.pk}" in here


@pytest.mark.parametrize("name", ["licence", "holding"])
def test_peek_tells_the_facts(name, staff_client):
    holding = HoldingFactory(licence__seats=3, licence__value="2100", licence__since=datetime.date(2018, 1, 1), note="asa")
    number = holding.pk if name == "holding" else holding.licence_id
    page = staff_client.get(f"/admin/{name}/peek/{number}/?fragment").content.decode()
    assert ("asa" if name == "holding" else "1 av 3") in page


def test_history_names_licence_and_holder(staff, staff_client):
    licence, contact = LicenceFactory(name="Enkätverktyget"), ContactFactory(first_name="Åsa", last_name="Berg")
    give(staff_client, licence, contact=contact.pk)
    for address in (f"licence/history/{licence.pk}/", f"contact/history/{contact.pk}/"):
        assert "Enkätverktyget: Åsa Berg" in staff_client.get(f"/admin/{address}").content.decode()


def test_deleted_holding_comes_back_and_a_licence_in_use_is_archived_only(staff, staff_client):
    holding = HoldingFactory()
    before = dump()
    staff_client.post(f"/admin/holding/delete/{holding.pk}/")
    assert not Holding.objects.exists()
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    assert dump() == before
    staff_client.post(f"/admin/licence/delete/{holding.licence_id}/")
    assert Licence.objects.get().is_archived


def test_users_of_a_survey_tool_are_counted_once_on_the_last_day():
    def count():
        return count_figures(Period(OperatingYear(2017)))["licence_users"]

    last = datetime.date(2018, 6, 30)
    contact = HoldingFactory(licence__kind="survey", since=last).contact
    HoldingFactory(licence__kind="survey", contact=contact, until=last)
    HoldingFactory(licence__kind="survey", since=last + DAY)
    HoldingFactory(licence__kind="meeting")
    HoldingFactory(licence__kind="survey", contact=None, organisation=OrganisationFactory())
    assert count() == 1


# Export


def test_lists_are_exported_as_of_a_day(staff_client, today):
    holding = HoldingFactory(licence=LicenceFactory(name="Enkät", seats=3, price="0", value="2100.50"), until=today)
    (row,) = table(export(staff_client, "licence"))
    assert (row["Licens"], row["Upptagna"], row["Lediga"], row["Värde (kr)"]) == ("Enkät", "1", "2", "2100,5")
    (row,) = table(export(staff_client, "licence", f"?on={today + DAY}"))
    assert row["Upptagna"] == "0"
    (row,) = table(export(staff_client, "holding"))
    assert (row["Licens"], row["Efternamn"], row["Till"]) == ("Enkät", holding.contact.last_name, str(today))
    later = HoldingFactory(licence=holding.licence, since=today + DAY)
    (row,) = table(export(staff_client, "holding", f"?on={today + DAY}"))
    assert row["Efternamn"] == later.contact.last_name
