"""Tags: the list, the form, who has them, and doubled ones made one."""

import pytest
from django.contrib.auth.models import Permission

from crm.forms.tags import TaggedForm
from crm.models import ChangeSet, Contact, Tag, Tagging
from crm.services.tags import similar_tags, split_names
from crm.services.undo import undo
from tests.crm.exports import content_of, export
from tests.crm.test_contacts import form_data
from tests.factories.crm import ContactFactory, OrganisationFactory, SegmentFactory, TagFactory, TaggingFactory

pytestmark = pytest.mark.django_db


def tags_of(record):
    return sorted(record.taggings.values_list("tag__name", flat=True))


def save(client, contact, **values):
    address = f"edit/{contact.pk}" if contact.pk else "new"
    return client.post(f"/admin/contact/{address}/", form_data(contact, []) | values)


def test_list_says_how_many_have_a_tag_and_leads_to_them(staff_client):
    tag = TagFactory(name="Talare")
    contact = TaggingFactory(tag=tag, contact=ContactFactory(last_name="Ek")).contact
    TaggingFactory(tag=tag, contact=None, organisation=OrganisationFactory())
    TaggingFactory(tag=TagFactory())
    page = staff_client.get("/admin/tag/").content.decode()
    assert f'<a href="/admin/contact/?tag={tag.pk}">1</a>' in page
    assert f'<a href="/admin/organisation/?tag={tag.pk}">1</a>' in page
    assert list(staff_client.get(f"/admin/contact/?tag={tag.pk}").context["object_list"]) == [contact]
    assert len(staff_client.get(f"/admin/organisation/?tag={tag.pk}").context["object_list"]) == 1


def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    TaggingFactory()
    staff_client.get("/admin/tag/")
    with django_assert_max_num_queries(25) as few:
        staff_client.get("/admin/tag/")
    TaggingFactory.create_batch(20)
    with django_assert_max_num_queries(25) as many:
        staff_client.get("/admin/tag/")
    assert len(many) == len(few)


@pytest.mark.parametrize("name", ["natverk", "NÄTVERK", " nätverk ", "a, b"])
def test_name_that_is_taken_or_holds_a_comma_is_refused(staff_client, name):
    tag = TagFactory(name="Nätverk")
    response = staff_client.post("/admin/tag/new/", {"name": name, "description": ""})
    assert response.context["form"].errors["name"]
    assert ("Nätverk" in str(response.context["form"].errors)) is (name != "a, b")
    assert staff_client.post(f"/admin/tag/edit/{tag.pk}/", {"name": "natverk", "description": ""}).status_code == 302
    assert [tag.name for tag in Tag.objects.all()] == ["natverk"]


def test_tags_that_differ_in_accents_or_endings_are_pointed_out(staff_client):
    tags = [
        TagFactory(name=name)
        for name in ("Nätverk", "natverk", "Rektor", "Rektorer", "Studie-besök", "studiebesök", "Talare", "talaren", "Styrelse")
    ]
    assert [[tag.name for tag in group] for group in similar_tags(tags)] == [
        ["Nätverk", "natverk"],
        ["Rektor", "Rektorer"],
        ["Studie-besök", "studiebesök"],
        ["Talare", "talaren"],
    ]
    page = staff_client.get("/admin/tag/").content.decode()
    assert f"/admin/tag/merge/?tag={tags[1].pk}&amp;tag={tags[0].pk}" in page  # in the order of the list


def test_merged_tags_become_one_without_doubles_and_segments_follow(staff_client):
    kept, other = TagFactory(name="Nätverk"), TagFactory(name="natverk")
    both, one = TaggingFactory(tag=kept).contact, TaggingFactory(tag=other).contact
    TaggingFactory(tag=other, contact=both)
    organisation = TaggingFactory(tag=other, contact=None, organisation=OrganisationFactory()).organisation
    segment = SegmentFactory(query=f"tag={other.pk}&tag={kept.pk}&q=ek")
    choice = staff_client.get(f"/admin/tag/merge/?tag={kept.pk}&tag={other.pk}")
    assert {tag.pk for tag in choice.context["chosen"]} == {kept.pk, other.pk}
    staff_client.post("/admin/tag/merge/", {"tag": [kept.pk, other.pk], "keep": kept.pk})
    assert list(Tag.objects.all()) == [kept]
    assert [tags_of(record) for record in (both, one, organisation)] == [["Nätverk"]] * 3
    segment.refresh_from_db()
    assert segment.query == f"tag={kept.pk}&q=ek"

    merge = ChangeSet.objects.filter(cause=ChangeSet.Cause.MERGE).get()
    undo(merge, acting_user=None)
    assert [tags_of(record) for record in (both, one, organisation)] == [["Nätverk", "natverk"], ["natverk"], ["natverk"]]
    segment.refresh_from_db()
    assert segment.query == f"tag={other.pk}&tag={kept.pk}&q=ek"


@pytest.mark.parametrize("chosen", [1, 2])
def test_merge_needs_two_tags_and_one_of_them_to_keep(staff_client, chosen):
    tags = TagFactory.create_batch(3)
    numbers = [tag.pk for tag in tags[:chosen]]
    response = staff_client.post("/admin/tag/merge/", {"tag": numbers, "keep": tags[2].pk})
    assert response.context["form"].errors
    assert Tag.objects.count() == 3


def test_deleted_tag_comes_back_with_all_who_had_it(staff_client):
    tagging = TaggingFactory()
    segment = SegmentFactory(name="Med etikett", query=f"tag={tagging.tag_id}")
    page = staff_client.get(f"/admin/tag/delete/{tagging.tag_id}/")
    assert page.context["tag"].contact_count == 1
    assert segment.name in page.content.decode()
    assert "/undo/" in staff_client.post(f"/admin/tag/delete/{tagging.tag_id}/", follow=True).content.decode()
    assert not Tagging.objects.exists()
    undo(ChangeSet.objects.latest("pk"), acting_user=None)
    assert tags_of(tagging.contact) == [tagging.tag.name]


def test_names_are_split_at_commas_and_semicolons_each_once():
    assert split_names(" Styrelse;  talare , TALARE,, Åre  by\n") == ["Styrelse", "talare", "Åre by"]


def test_contact_gets_tags_in_its_form_and_new_ones_are_made(staff_client):
    talare = TagFactory(name="Talare")
    contact = ContactFactory()
    TaggingFactory(contact=contact, tag=TagFactory(name="Styrelse"))
    assert staff_client.get(f"/admin/contact/edit/{contact.pk}/").context["form"]["tag_names"].value() == "Styrelse"
    assert save(staff_client, contact, tag_names="talare, Erasmus").status_code == 302
    assert tags_of(contact) == ["Erasmus", "Talare"]
    assert Tag.objects.filter(name__iexact="talare").get() == talare
    assert ChangeSet.objects.latest("pk").changes.count() == 4  # one tag, two taggings, one tagging gone


def test_new_contact_and_organisation_get_tags(staff_client):
    save(staff_client, Contact(first_name="Åsa", last_name="Öberg"), tag_names="Talare")
    assert tags_of(Contact.objects.get()) == ["Talare"]
    assert issubclass(staff_client.get("/admin/organisation/new/").context["form"].__class__, TaggedForm)


def test_form_that_is_sent_without_the_field_leaves_the_tags(staff_client):
    contact = TaggingFactory().contact
    save(staff_client, contact)
    assert len(tags_of(contact)) == 1
    save(staff_client, contact, tag_names="")
    assert tags_of(contact) == []


def test_whoever_may_not_add_tags_uses_those_that_there_are(staff_client, staff):
    staff.user_permissions.remove(Permission.objects.get(content_type__app_label="crm", codename="add_tag"))
    TagFactory(name="Talare")
    contact = ContactFactory()
    assert save(staff_client, contact, tag_names="talare, Ny").context["form"].errors["tag_names"]
    assert tags_of(contact) == []
    save(staff_client, contact, tag_names="talare")
    assert tags_of(contact) == ["Talare"]


def test_somebody_who_may_only_look_sees_tags_and_changes_none(onlooker_client):
    tag, other = TagFactory(), TagFactory()
    page = onlooker_client.get("/admin/tag/")
    assert page.status_code == 200
    assert "/admin/tag/merge/" not in page.content.decode()
    for address, data in (("new", {"name": "Ny"}), (f"delete/{tag.pk}", {}), ("merge", {"tag": [tag.pk, other.pk], "keep": tag.pk})):
        assert onlooker_client.post(f"/admin/tag/{address}/", data).status_code == 302
    assert Tag.objects.count() == 2


@pytest.mark.parametrize("address", ["contact/?tag=x", "contact/?tag=99999999999999999999999", "organisation/?tag=0", "tag/merge/?tag=x"])
def test_odd_address_is_no_error(staff_client, address):
    assert staff_client.get(f"/admin/{address}").status_code == 200


@pytest.mark.parametrize("owner", ["contact", "organisation"])
def test_tags_are_a_column_of_the_export(staff_client, owner):
    record = {"contact": ContactFactory, "organisation": OrganisationFactory}[owner]()
    for name in ("Talare", "Ärende"):
        Tagging.objects.create(tag=TagFactory(name=name), **{owner: record})
    content = content_of(export(staff_client, owner, fields=["id", "tags"])).decode("utf-8-sig")
    assert content.splitlines()[1] == f"{record.pk};Talare, Ärende"
