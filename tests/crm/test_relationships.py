"""What organisations are to one another: what is refused, where it is told, what is counted, and what a merge makes of it."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.models import ChangeSet, Organisation, Relationship
from crm.services.undo import undo
from tests.crm.exports import export, table
from tests.crm.merges import dump, merged
from tests.crm.test_import_other import bring_in
from tests.factories.crm import OrganisationFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2017, 7, 1), datetime.date(2018, 6, 30)
Kind = Relationship.Kind


def refused(**values):
    with pytest.raises(ValidationError) as error:
        Relationship(**values).full_clean()
    return " ".join(error.value.messages)


def shown(client, address=""):
    return list(client.get(f"/admin/relationship/{address}").context["object_list"])


# What is refused


def test_nobody_is_related_to_themselves():
    one = OrganisationFactory()
    assert "två olika" in refused(organisation=one, other=one, kind=Kind.PARTNER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Relationship.objects.create(organisation=one, other=one, kind=Kind.PARTNER)


@pytest.mark.parametrize(
    ("since", "until", "is_refused"),
    [(None, None, True), (None, FIRST - DAY, False), (None, FIRST, True), (LAST, None, True), (LAST + DAY, None, False)],
)
def test_same_relation_is_not_told_twice_of_the_same_days(since, until, is_refused):
    one = RelationshipFactory(since=FIRST, until=LAST)
    again = Relationship(organisation=one.organisation, other=one.other, kind=one.kind, since=since, until=until)
    if is_refused:
        assert "finns redan" in refused(organisation=one.organisation, other=one.other, kind=one.kind, since=since, until=until)
    else:
        again.full_clean()


def test_mutual_relation_is_the_same_from_either_side_and_a_delivery_is_not():
    one = RelationshipFactory(kind=Kind.COLLABORATION)
    assert "finns redan" in refused(organisation=one.other, other=one.organisation, kind=Kind.COLLABORATION)
    delivery = RelationshipFactory(kind=Kind.DELIVERS)
    Relationship(organisation=delivery.other, other=delivery.organisation, kind=Kind.DELIVERS).full_clean()


def test_what_the_parent_says_of_today_is_not_told_again_but_what_was_before_is():
    parent = OrganisationFactory(kind="municipality")
    centre = OrganisationFactory(parent=parent)
    assert "hör redan till" in refused(organisation=centre, other=parent, kind=Kind.PART_OF)
    Relationship(organisation=centre, other=parent, kind=Kind.PART_OF, until=LAST).full_clean()
    Relationship(organisation=centre, other=OrganisationFactory(), kind=Kind.PART_OF).full_clean()


# Counting


@pytest.mark.parametrize(("since", "counts"), [(None, False), (FIRST - DAY, False), (FIRST, True), (LAST, True), (LAST + DAY, False)])
def test_collaborations_are_counted_by_the_day_they_begin(since, counts):
    RelationshipFactory(since=since)
    assert Relationship.objects.collaborations_begun(FIRST, LAST).count() == counts


@pytest.mark.parametrize(
    ("one", "other", "counts"),
    [
        ("learning_centre", "company", True),
        ("company", "federation", True),
        ("municipality", "foreign_partner", True),
        ("learning_centre", "municipality", False),
        ("company", "authority", False),
    ],
)
def test_collaboration_is_between_a_public_provider_and_somebody_outside(one, other, counts):
    RelationshipFactory(organisation__kind=one, other__kind=other, since=FIRST)
    RelationshipFactory(organisation__kind=one, other__kind=other, since=FIRST, kind=Kind.PARTNER)
    assert Relationship.objects.collaborations_begun(FIRST, LAST).count() == counts


def test_collaboration_that_has_ended_or_whose_partner_is_archived_was_begun_all_the_same():
    RelationshipFactory(since=FIRST, until=FIRST)
    RelationshipFactory(since=FIRST, other__archived_at=timezone.now())
    assert Relationship.objects.collaborations_begun(FIRST, LAST).count() == 2


# List, record, history


def test_list_is_of_what_goes_on_that_day_and_of_a_year_of_all_that_began(staff_client):
    ended = RelationshipFactory(organisation__name="A", since=FIRST, until=LAST)
    now = RelationshipFactory(organisation__name="B", since=LAST + DAY)
    assert shown(staff_client) == [now]
    assert shown(staff_client, f"?on={LAST}") == [ended]
    assert shown(staff_client, "?when=ended") == [ended]
    assert shown(staff_client, "?begun=2017/2018") == [ended]
    assert shown(staff_client, "?when=all") == [ended, now]
    assert shown(staff_client, f"?when=all&organisation={ended.other_id}") == [ended]
    assert shown(staff_client, f"?when=all&q={now.other.name.split()[-1]}") == [now]


def test_record_tells_both_sides_in_their_own_words(staff_client):
    one = RelationshipFactory(kind=Kind.DELIVERS, since=FIRST, note="Kurser i CNC", organisation__name="Komvux", other__name="Verkstan")
    RelationshipFactory(organisation=one.organisation, kind=Kind.PARTNER, until=FIRST, other__name="Gamla bolaget")
    giver = staff_client.get(f"/admin/organisation/inspect/{one.organisation_id}/").content.decode()
    taker = staff_client.get(f"/admin/organisation/inspect/{one.other_id}/").content.decode()
    assert "Levererar till" in giver
    assert "Tidigare" in giver
    assert "Gamla bolaget" in giver
    assert "Får leveranser från" in taker
    assert "Började: Får leveranser från Komvux" in taker
    assert f"/admin/relationship/new/?organisation={one.other_id}&amp;next=" in taker


def test_form_is_filled_in_from_the_record_and_saves(staff, staff_client):
    one, other = OrganisationFactory(), OrganisationFactory(kind="company")
    form = staff_client.get(f"/admin/relationship/new/?organisation={one.pk}&kind=partner").context["form"]
    assert (form.instance.organisation, form["kind"].value()) == (one, "partner")
    values = {"organisation": one.pk, "other": other.pk, "kind": "partner", "since": "2018-01-01", "until": "", "note": "", "source": ""}
    staff_client.post("/admin/relationship/new/", values)
    assert Relationship.objects.get().other == other
    page = staff_client.get(f"/admin/organisation/history/{one.pk}/").content.decode()
    assert f"partner till {other}" in page
    staff_client.post(f"/admin/relationship/delete/{Relationship.objects.get().pk}/")
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    assert Relationship.objects.get().organisation == one


def test_onlooker_reads_and_changes_nothing(onlooker_client):
    one = RelationshipFactory()
    assert shown(onlooker_client) == [one]
    for address in ("new/", f"edit/{one.pk}/", "export/"):
        assert onlooker_client.get(f"/admin/relationship/{address}").status_code in (302, 403)
    onlooker_client.post(f"/admin/relationship/delete/{one.pk}/")
    assert Relationship.objects.exists()
    assert "/admin/relationship/new/" not in onlooker_client.get(f"/admin/organisation/inspect/{one.organisation_id}/").content.decode()


def test_who_may_not_see_relations_finds_none_on_a_record(staff, staff_client):
    staff.user_permissions.remove(*Permission.objects.filter(codename__endswith="_relationship"))
    one = RelationshipFactory(since=FIRST, note="hemligt")
    assert "hemligt" not in staff_client.get(f"/admin/organisation/inspect/{one.organisation_id}/").content.decode()
    assert staff_client.get("/admin/relationship/").status_code in (302, 403)


# Files

HEADINGS = "Organisation;Relation;Andra organisationen;Från;Till;Anteckning"


def test_relations_come_from_a_file_and_a_mutual_one_is_found_from_either_side():
    OrganisationFactory(name="Komvux"), OrganisationFactory(name="Verkstan")
    rows = ["Komvux;Samarbete med;Verkstan;2017-09-01;;", "Verkstan;levererar till;Komvux;;2018-01-01;"]
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("relationships", HEADINGS, *rows)] == [fate] * 2
    assert bring_in("relationships", HEADINGS, "Verkstan;Samarbete med;Komvux;2017-09-01;;Svets") == [("changed", "")]
    assert Relationship.objects.get(kind="collaboration").note == "Svets"
    ((fate, said),) = bring_in("relationships", HEADINGS, "Komvux;Samarbete med;Komvux;;;")
    assert (fate, "två olika" in said) == ("refused", True)


def test_export_names_both(staff_client):
    one = RelationshipFactory(since=FIRST)
    (row,) = table(export(staff_client, "relationship"))
    assert (row["Organisation"], row["Typ av relation"], row["Andra organisationen"]) == (
        one.organisation.name, "Samarbete med", one.other.name,
    )  # fmt: skip


# Merges


def test_merge_leaves_no_relation_with_itself_and_none_twice():
    kept, gone, other = OrganisationFactory(), OrganisationFactory(), OrganisationFactory(kind="company")
    RelationshipFactory(organisation=kept, other=gone, kind=Kind.PARTNER)
    RelationshipFactory(organisation=kept, other=other, since=FIRST)
    RelationshipFactory(organisation=other, other=gone, since=FIRST, note="CNC")  # the same, told from the other side
    RelationshipFactory(organisation=gone, other=other, since=LAST)  # another time
    RelationshipFactory(organisation=gone, other=other, kind=Kind.DELIVERS)
    before = dump()
    change_set = merged(kept, gone)
    told = set(Relationship.objects.values_list("organisation", "other", "kind", "since", "note"))
    assert told == {
        (kept.pk, other.pk, "collaboration", FIRST, "CNC"),
        (kept.pk, other.pk, "collaboration", LAST, ""),
        (kept.pk, other.pk, "delivers", None, ""),
    }
    undo(change_set, acting_user=None)
    assert dump() == before
    assert Organisation.objects.filter(pk=gone.pk).exists()


def test_merge_keeps_two_that_say_different_things():
    kept, gone, other = OrganisationFactory(), OrganisationFactory(), OrganisationFactory(kind="company")
    RelationshipFactory(organisation=kept, other=other, note="Svets")
    RelationshipFactory(organisation=other, other=gone, note="CNC")
    merged(kept, gone)
    assert set(Relationship.objects.values_list("note", flat=True)) == {"Svets", "CNC"}
