"""Importing inside the admin: upload, look, confirm."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import Contact, ImportJob
from crm.resources.import_jobs import forget_abandoned
from tests.crm.spreadsheets import swedish_csv
from tests.factories.crm import OrganisationFactory

pytestmark = pytest.mark.django_db


def send(client, content, kind="contacts", name="kontakter.csv", **extra):
    return client.post("/admin/register/import/", {"kind": kind, "file": SimpleUploadedFile(name, content)}, **extra)


def test_rows_are_shown_with_their_fate_before_anything_is_written(staff_client):
    OrganisationFactory(name="Komvux Åmål")
    content = swedish_csv("Åsa;Öberg;asa@amal.example;;Komvux Åmål;;;", "Bo;;;;;;;")
    page = send(staff_client, content, follow=True).content.decode()
    assert "2 rader är kontrollerade och inget är ändrat ännu: 1 nya, 0 ändrade, 0 oförändrade, 1 avvisade." in page
    assert "Efternamn: saknas." in page
    assert "Importera 1 rad" in page
    assert not Contact.objects.exists()


def test_confirmed_import_is_written_once_and_its_file_thrown_away(staff_client):
    send(staff_client, swedish_csv("Åsa;Öberg;;;;;;"))
    job = ImportJob.objects.get()
    stored = job.file.name
    for _press in range(2):
        response = staff_client.post(f"/admin/register/import/{job.pk}/confirm/", follow=True)
    assert "redan avslutad" in response.content.decode()
    job.refresh_from_db()
    assert (job.state, job.created_count, Contact.objects.count()) == ("done", 1, 1)
    assert not storages["private"].exists(stored)


def test_cancelled_import_writes_nothing(staff_client):
    send(staff_client, swedish_csv("Åsa;Öberg;;;;;;"))
    job = ImportJob.objects.get()
    staff_client.post(f"/admin/register/import/{job.pk}/cancel/")
    staff_client.post(f"/admin/register/import/{job.pk}/confirm/")
    assert not Contact.objects.exists()


def test_upload_that_nobody_confirms_is_thrown_away_after_two_weeks(staff_client):
    send(staff_client, swedish_csv("Åsa;Öberg;;;;;;"))
    stored = ImportJob.objects.get().file.name
    forget_abandoned()
    assert storages["private"].exists(stored)
    ImportJob.objects.update(created_at=timezone.now() - timedelta(days=15))
    forget_abandoned()
    assert not storages["private"].exists(stored)
    assert ImportJob.objects.get().state == ImportJob.State.CANCELLED


def test_rows_are_filtered_by_fate(staff_client):
    send(staff_client, swedish_csv("Åsa;Öberg;;;;;;", "Bo;;;;;;;"))
    page = staff_client.get(f"/admin/register/import/{ImportJob.objects.get().pk}/?fate=refused").content.decode()
    assert "Bo" in page
    assert "Öberg" not in page


def test_unreadable_file_is_refused_on_the_page_and_leaves_no_job(staff_client):
    response = send(staff_client, b"%PDF-1.7", name="protokoll.pdf")
    assert "inget kalkylblad" in response.content.decode()
    assert not ImportJob.objects.exists()


def test_empty_file_is_refused_with_the_same_advice(staff_client):
    assert "Filen är tom. Spara kalkylbladet" in send(staff_client, b"").content.decode()


def test_cell_text_is_shown_as_text(staff_client):
    page = send(staff_client, swedish_csv("<script>alert(1)</script>;Öberg;;;;;;"), follow=True).content.decode()
    assert "<script>alert" not in page


def test_empty_workbook_has_the_headings_that_are_understood(staff_client):
    content = staff_client.get("/admin/register/import/template/contacts/").content
    assert content.startswith(b"PK")
    assert "har rubriker men inga rader" in send(staff_client, content, name="kontakter.xlsx").content.decode()


def test_somebody_who_may_only_look_cannot_import(onlooker_client):
    assert onlooker_client.get("/admin/register/import/").status_code == 302
    send(onlooker_client, swedish_csv("Åsa;Öberg;;;;;;"))
    assert not ImportJob.objects.exists()


def test_list_of_imports_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    send(staff_client, swedish_csv("Åsa;Öberg;;;;;;"))
    staff_client.get("/admin/register/import/")
    with django_assert_max_num_queries(25) as few:
        staff_client.get("/admin/register/import/")
    for _number in range(6):
        send(staff_client, swedish_csv("Åsa;Öberg;;;;;;"))
    with django_assert_max_num_queries(25) as many:
        staff_client.get("/admin/register/import/")
    assert len(many) == len(few)
