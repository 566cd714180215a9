"""Many rows of a list at once: chosen, previewed, done in one change set, taken back."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import ChangeSet, Contact, Organisation, Seat, Tag, Task
from crm.services import bulk_edits
from crm.services.bulk_edit_kinds import AddSeats, AddTags, AddTasks, Archive, FieldEdit, RemoveTags
from crm.services.bulk_edits import ChangedMeanwhile, carry_out
from crm.services.undo import undo
from tests.crm.exports import content_of
from tests.factories.crm import (
    ContactFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    SeatFactory,
    TagFactory,
    TaggingFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db
URL = "/admin/contact/bulk/"


def tags_of(record):
    return sorted(record.taggings.values_list("tag__name", flat=True))


def rows(records):
    return {"pk": [record.pk for record in records]}


def preview(client, action, chosen, url=URL, **values):
    return client.post(url, {"action": action, "step": "preview", **chosen, **values})


def do(client, action, chosen, url=URL, **values):
    """Go through the preview, as one has to, and then do it."""
    mark = preview(client, action, chosen, url, **values).context["plan"].mark
    return client.post(url, {"action": action, "step": "do", "mark": mark, **chosen, **values}, follow=True)


def last_change():
    return ChangeSet.objects.latest("pk")


def test_chosen_rows_get_a_tag_in_one_change_set_and_lose_it_by_undo(staff_client):
    contacts = ContactFactory.create_batch(3)
    TaggingFactory(contact=contacts[0], tag=TagFactory(name="Talare"))
    page = preview(staff_client, "tag", rows(contacts), names="talare, Ny")
    plan = page.context["plan"]
    assert (len(plan.changes), plan.already, plan.lines[0].old, plan.lines[0].new) == (3, 0, "Talare", "Talare, Ny")
    assert not Tag.objects.filter(name="Ny").exists()

    response = do(staff_client, "tag", rows(contacts), names="talare, Ny")
    assert [tags_of(one) for one in contacts] == [["Ny", "Talare"]] * 3
    assert last_change().cause == ChangeSet.Cause.BULK_EDIT
    assert f"/admin/register/changes/{last_change().pk}/undo/" in response.content.decode()
    undo(last_change(), acting_user=None)
    assert [tags_of(one) for one in contacts] == [["Talare"], [], []]


def test_all_rows_of_the_filter_are_meant_and_not_only_those_of_the_page(staff_client):
    ContactFactory.create_batch(60, last_name="Ek")
    other = ContactFactory(last_name="Berg")
    archived = ContactFactory(last_name="Ek", archived_at=timezone.now())
    everything = {"all": "1", "query": "q=ek&ordering=-sort_key"}
    page = staff_client.post(URL, {"action": "tag", **everything})
    assert page.context["count"] == 60
    do(staff_client, "tag", everything, names="Alm")
    assert Tag.objects.get().taggings.count() == 60
    assert tags_of(other) == tags_of(archived) == []


def test_what_has_changed_since_the_preview_is_shown_anew_and_not_done(staff_client):
    first = ContactFactory(last_name="Ek")
    everything = {"all": "1", "query": "q=ek"}
    mark = preview(staff_client, "tag", everything, names="Alm").context["plan"].mark
    ContactFactory(last_name="Ek")
    response = staff_client.post(URL, {"action": "tag", "step": "do", "mark": mark, "names": "Alm", **everything})
    assert len(response.context["plan"].changes) == 2
    assert tags_of(first) == []
    assert not Tag.objects.exists()


def test_row_that_is_gone_is_left_out_and_said(staff_client):
    contact = ContactFactory()
    plan = preview(staff_client, "contact-language", {"pk": [contact.pk, contact.pk + 1000]}, value="en").context["plan"]
    assert (len(plan.changes), sum(plan.left_out.values())) == (1, 1)


def test_tags_are_taken_away(staff_client):
    tagging = TaggingFactory(tag=TagFactory(name="Talare"))
    TaggingFactory(contact=tagging.contact, tag=TagFactory(name="Styrelse"))
    do(staff_client, "untag", rows([tagging.contact, ContactFactory()]), tags=[tagging.tag_id])
    assert tags_of(tagging.contact) == ["Styrelse"]


@pytest.mark.parametrize(("name", "value"), [("language", "en"), ("source", "Mässan"), ("quick_facts", "Ring före 10")])
def test_field_of_contacts_is_set(staff_client, name, value):
    contacts = [ContactFactory(), ContactFactory(**{name: value})]
    plan = preview(staff_client, f"contact-{name}", rows(contacts), value=value).context["plan"]
    assert (len(plan.changes), plan.already) == (1, 1)
    do(staff_client, f"contact-{name}", rows(contacts), value=value)
    assert set(Contact.objects.values_list(name, flat=True)) == {value}


def test_field_of_organisations_is_set_and_the_search_follows(staff_client):
    organisations = OrganisationFactory.create_batch(2)
    municipality = MunicipalityFactory(name="Tjörn")
    url = "/admin/organisation/bulk/"
    do(staff_client, "organisation-municipality", rows(organisations), url, value=municipality.pk)
    do(staff_client, "organisation-kind", rows(organisations), url, value="company")
    assert {(one.municipality, one.kind) for one in Organisation.objects.all()} == {(municipality, "company")}
    assert Organisation.objects.search("tjorn").count() == 2
    do(staff_client, "organisation-municipality", rows(organisations), url, value="")
    assert Organisation.objects.search("tjorn").count() == 0


def test_value_that_makes_no_sense_is_refused_and_asked_for_anew(staff_client):
    contact = ContactFactory()
    assert preview(staff_client, "contact-language", rows([contact]), value="klingon").context["form"].errors["value"]
    assert preview(staff_client, "tag", rows([contact]), names=" , ").context["form"].errors["names"]
    assert preview(staff_client, "network", rows([contact]), network="", since="x").context["form"].errors.keys() == {"network", "since"}


def test_contacts_get_a_seat_unless_they_have_one(staff_client):
    network = NetworkFactory()
    seated, gone, new = ContactFactory.create_batch(3)
    SeatFactory(network=network, organisation=None, contact=seated)
    SeatFactory(network=network, organisation=None, contact=gone, until=datetime.date(2017, 1, 1))
    archived = ContactFactory(archived_at=timezone.now())
    values = {"network": network.pk, "since": "2018-01-08"}
    plan = preview(staff_client, "network", rows([seated, gone, new, archived]), **values).context["plan"]
    assert (len(plan.changes), plan.already, sum(plan.left_out.values())) == (2, 1, 1)
    do(staff_client, "network", rows([seated, gone, new, archived]), **values)
    assert {seat.contact for seat in Seat.objects.filter(since="2018-01-08")} == {gone, new}


def test_each_gets_a_task_of_its_own(staff_client, staff):
    contacts = ContactFactory.create_batch(2)
    TaskFactory(what="Ring", due="2018-03-01", contact=contacts[0])
    do(staff_client, "task", rows(contacts), what="Ring", due="2018-03-01", assignee=staff.pk, note="Om avtalet")
    task = Task.objects.get(contact=contacts[1])
    assert (task.what, task.due, task.assignee, task.created_by) == ("Ring", datetime.date(2018, 3, 1), staff, staff)
    assert Task.objects.count() == 2


def test_archived_together_and_back_by_undo(staff_client):
    contacts = ContactFactory.create_batch(3)
    assert staff_client.post(URL, {"action": "archive", **rows(contacts)}).context["plan"].changes  # asks nothing, so shows at once
    do(staff_client, "archive", rows(contacts))
    assert Contact.objects.active().count() == 0
    undo(last_change(), acting_user=None)
    assert Contact.objects.active().count() == 3


def test_chosen_rows_are_exported_and_no_others(staff_client):
    contacts = [ContactFactory(last_name=name) for name in ("Alm", "Berg", "Ceder")]
    url = staff_client.post(URL, {"action": "export", "query": "ordering=-sort_key", **rows(contacts[:2])}).url
    page = staff_client.get(url)
    assert page.context["count"] == 2
    content = content_of(staff_client.post(url, {"format": "csv", "fields_chosen": ["last_name"]})).decode("utf-8-sig")
    assert content.split()[1:] == ["Berg", "Alm"]
    assert staff_client.post(URL, {"action": "export", "query": "q=ceder", "all": "1"}).url == "/admin/contact/export/?q=ceder"


@pytest.mark.parametrize(
    "data", [{}, {"action": ""}, {"action": "tag"}, {"action": "tag", "pk": "x"}, {"action": "tag", "all": "1", "query": "role=x"}]
)
def test_nothing_chosen_leads_back_to_the_list_with_a_word(staff_client, data):
    response = staff_client.post(URL, data, follow=True)
    assert response.resolver_match.url_name == "index"
    assert list(response.context["messages"])


def test_too_many_are_refused(staff_client, monkeypatch):
    monkeypatch.setattr("crm.viewsets.bulk_edits.MOST", 2)
    ContactFactory.create_batch(3)
    response = staff_client.post(URL, {"action": "tag", "all": "1", "query": ""}, follow=True)
    assert response.resolver_match.url_name == "index"


def test_list_has_boxes_for_those_who_may_change_something(staff_client):
    ContactFactory()
    OrganisationFactory()
    for name in ("contact", "organisation"):
        assert "data-bulk-row" in staff_client.get(f"/admin/{name}/").content.decode()
        assert "data-bulk-form" in staff_client.get(f"/admin/{name}/results/").content.decode()


def test_onlookers_see_no_boxes_and_change_nothing(onlooker_client):
    contact = ContactFactory()
    page = onlooker_client.get("/admin/contact/").content.decode()
    assert "data-bulk-row" not in page
    assert "data-bulk-form" not in page
    for action in ("tag", "untag", "contact-language", "network", "task", "archive", "export", "subscribe"):
        assert onlooker_client.post(URL, {"action": action, **rows([contact]), "step": "preview", "names": "x"}).status_code == 302
    contact.refresh_from_db()
    assert not contact.is_archived
    assert tags_of(contact) == []


def test_permission_is_asked_for_once_more_at_the_doing(staff_client, staff):
    contact = ContactFactory()
    mark = preview(staff_client, "archive", rows([contact])).context["plan"].mark
    staff.user_permissions.remove(Permission.objects.get(codename="delete_contact"))
    staff_client.post(URL, {"action": "archive", "step": "do", "mark": mark, **rows([contact])})
    contact.refresh_from_db()
    assert not contact.is_archived
    assert 'value="archive"' not in staff_client.get("/admin/contact/").content.decode()


def test_address_without_a_form_leads_to_the_list(staff_client):
    assert staff_client.get(URL).url == "/admin/contact/"


EDITS = {
    "field": lambda staff: FieldEdit(Contact, "language", "en"),
    "tag": lambda staff: AddTags(Contact, ["Alm"]),
    "untag": lambda staff: RemoveTags(Contact, list(Tag.objects.all())),
    "seats": lambda staff: AddSeats(Contact, NetworkFactory(), datetime.date(2018, 1, 1)),
    "tasks": lambda staff: AddTasks(Contact, what="Ring", due=None, assignee=None, note="", acting_user=staff),
    "archive": lambda staff: Archive(Contact, acting_user=staff),
}


@pytest.mark.parametrize("kind", EDITS)
def test_edit_keeps_its_queries_when_rows_grow(kind, staff, django_assert_max_num_queries):
    tag = TagFactory()
    counts = []
    for number in (2, 30):
        contacts = ContactFactory.create_batch(number)
        for contact in contacts:
            TaggingFactory(contact=contact, tag=tag)
        edit, numbers = EDITS[kind](staff), [contact.pk for contact in contacts]
        mark = edit.plan(numbers).mark
        with django_assert_max_num_queries(40) as queries:
            carry_out(edit, numbers, mark=mark, acting_user=staff)
        counts.append(len(queries))
    assert abs(counts[0] - counts[1]) <= 1  # the tag is new the first time


def test_edit_goes_on_beyond_one_chunk(staff, monkeypatch):
    monkeypatch.setattr(bulk_edits, "AT_ONCE", 2)
    numbers = [contact.pk for contact in ContactFactory.create_batch(5)]
    edit = FieldEdit(Contact, "language", "en")
    carry_out(edit, numbers, mark=edit.plan(numbers).mark, acting_user=staff)
    assert Contact.objects.filter(language="en").count() == 5
    with pytest.raises(ChangedMeanwhile):
        carry_out(edit, numbers, mark="other", acting_user=staff)
