"""Documents on the page of a contact or an organisation."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import ChangeSet, Document
from crm.services import documents
from crm.services.undo import undo
from tests.crm.changes import text
from tests.crm.test_record_page import titles, url
from tests.factories.crm import ContactFactory, DocumentFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def add(client, record, *files):
    uploads = [SimpleUploadedFile(name, content) for name, content in files or [("Avtal_2018 åäö.pdf", b"%PDF-1.7")]]
    return client.post(url(record), {"do": "add_documents", "files": uploads}, follow=True)


def document_url(document, kind="contact"):
    return f"/admin/{kind}/document/{getattr(document, f'{kind}_id')}/{document.pk}/"


@pytest.fixture
def asa():
    return ContactFactory(first_name="Åsa", last_name="Öberg")


def test_document_is_added_with_who_and_when_and_shown(staff_client, staff, asa):
    response = add(staff_client, asa)
    document = Document.objects.get()
    assert (document.title, document.filename, document.size) == ("Avtal 2018 åäö", "Avtal_2018 åäö.pdf", 8)
    assert (document.contact, document.added_by) == (asa, staff)
    assert "Avtal 2018 åäö" in text(response)
    assert "PDF" in text(response)
    assert any("Avtal 2018 åäö" in title for title in titles(response))
    assert document_url(document) in response.content.decode()


def test_several_are_added_at_once_and_undone_at_once(staff_client, staff):
    organisation = OrganisationFactory()
    add(staff_client, organisation, ("a.docx", b"a"), ("b.xlsx", b"b"))
    assert organisation.documents.count() == 2
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    assert organisation.documents.count() == 0


def test_any_file_is_only_ever_downloaded(staff_client, asa):
    add(staff_client, asa, ("sida.html", b"<script>alert(1)</script>"))
    response = staff_client.get(document_url(Document.objects.get()))
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == 'attachment; filename="sida.html"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]


def test_download_has_the_name_that_the_file_had(staff_client, asa):
    add(staff_client, asa)
    assert "%C3%A5%C3%A4%C3%B6.pdf" in staff_client.get(document_url(Document.objects.get()))["Content-Disposition"]


@pytest.mark.parametrize("size", [0, 11])
def test_empty_and_huge_files_are_refused_and_nothing_is_half_done(staff_client, asa, monkeypatch, size):
    monkeypatch.setattr(documents, "MAX_MEGABYTES", 10 / 1024 / 1024)
    response = add(staff_client, asa, ("liten.txt", b"ok"), ("fel.txt", b"x" * size))
    assert Document.objects.count() == 0
    assert "fel.txt" in response.content.decode()


def test_nothing_chosen_is_said(staff_client, asa):
    response = staff_client.post(url(asa), {"do": "add_documents"}, follow=True)
    assert len(response.context["messages"]) == 1


def test_long_name_keeps_its_ending(staff_client, asa):
    documents.add_documents(asa, [SimpleUploadedFile("x" * 251 + ".pdf", b"a")], acting_user=None)
    assert Document.objects.get().filename.endswith("x.pdf")
    assert len(Document.objects.get().title) == 200


def test_document_is_called_anew_where_it_stands(staff_client, asa):
    document = DocumentFactory(contact=asa)
    key = f"document-{document.pk}"
    assert 'name="title"' in staff_client.get(url(asa, f"?edit={key}")).content.decode()
    staff_client.post(url(asa), {"do": "edit", "spot": key, "title": "Ramavtal"})
    assert Document.objects.get().title == "Ramavtal"
    response = staff_client.post(url(asa), {"do": "edit", "spot": key, "title": ""})
    assert "error-message" in response.content.decode()
    assert Document.objects.get().title == "Ramavtal"


def test_removed_document_comes_back_with_its_file(staff_client, staff, asa):
    add(staff_client, asa)
    number = Document.objects.get().pk
    response = staff_client.post(url(asa), {"do": "remove_document", "document": number}, follow=True)
    assert Document.objects.count() == 0
    assert "Avtal 2018 åäö" in text(response)
    assert "Avtal 2018 åäö" in text(staff_client.get(f"/admin/contact/history/{asa.pk}/"))
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    assert b"".join(staff_client.get(document_url(Document.objects.get(pk=number))).streaming_content) == b"%PDF-1.7"


# Who may


def test_onlooker_may_read_and_change_nothing(onlooker_client, asa):
    document = DocumentFactory(contact=asa)
    page = onlooker_client.get(url(asa)).content.decode()
    assert document_url(document) in page
    assert "add_documents" not in page
    assert onlooker_client.get(document_url(document)).status_code == 200
    for data in ({"do": "remove_document", "document": document.pk}, {"do": "add_documents"}):
        onlooker_client.post(url(asa), data)
    onlooker_client.post(url(asa), {"do": "edit", "spot": f"document-{document.pk}", "title": "x"})
    assert Document.objects.get().title == document.title


def test_stranger_gets_no_document(client, asa):
    document = DocumentFactory(contact=asa)
    assert client.get(document_url(document)).status_code == 302
    client.force_login(UserFactory())
    assert client.get(document_url(document)).status_code == 302


def test_document_of_somebody_else_is_not_reached_through_a_record(staff_client, asa):
    other = DocumentFactory()
    assert staff_client.get(f"/admin/contact/document/{asa.pk}/{other.pk}/").status_code == 404
    assert staff_client.post(url(asa), {"do": "remove_document", "document": other.pk}).status_code == 404
    assert staff_client.post(url(asa), {"do": "edit", "spot": f"document-{other.pk}", "title": "x"}).status_code == 404
    for number in ("", "x", "9" * 30):
        assert staff_client.post(url(asa), {"do": "remove_document", "document": number}).status_code == 404
    assert Document.objects.get() == other


def test_page_asks_no_more_for_many_documents_than_for_one(staff_client, asa, django_assert_num_queries):
    DocumentFactory(contact=asa, added_by=UserFactory())
    staff_client.get(url(asa))
    with CaptureQueriesContext(connection) as few:
        staff_client.get(url(asa))
    for _number in range(5):
        DocumentFactory(contact=asa, added_by=UserFactory())
    with django_assert_num_queries(len(few)):
        staff_client.get(url(asa))
