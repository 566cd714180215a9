"""Importing inside the admin: upload, say what the columns mean, look at each row, decide, import."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.importing import work
from crm.importing.jobs import forget_abandoned
from crm.models import Affiliation, Contact, ImportJob, Organisation
from tests.crm.spreadsheets import swedish_csv, workbook
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db

INDEX = "/admin/register/import/"
ASA = "Åsa;Öberg;asa@amal.example;;Komvux Åmål;Rektor;;"


@pytest.fixture(autouse=True)
def amal():
    RoleFactory(name="Rektor")
    return OrganisationFactory(name="Komvux Åmål")


def send(client, content, kind="contacts", name="kontakter.csv", **extra):
    return client.post(INDEX, {"kind": kind, "file": SimpleUploadedFile(name, content)}, **extra)


def columns_of(job):
    return {f"column-{index}": job.mapping[heading] for index, heading in enumerate(job.headings)}


def bring_to_preview(client, content, *, name="kontakter.csv", kind="contacts", **wishes):
    """Upload a file and press the button of step 2 without changing anything; return the job."""
    response = send(client, content, kind=kind, name=name)
    job = ImportJob.objects.latest("pk")
    assert response.url == f"{INDEX}{job.pk}/columns/"
    response = client.post(response.url, {**columns_of(job), **wishes})
    assert response.url == f"{INDEX}{job.pk}/"
    job.refresh_from_db()
    return job


def post(client, job, action, data=None):
    response = client.post(f"{INDEX}{job.pk}/{action}/", data or {}, follow=True)
    job.refresh_from_db()
    return response.content.decode()


def page_of(client, job, query=""):
    return client.get(f"{INDEX}{job.pk}/{query}", follow=True).content.decode()


def fates(job):
    return {row.number: row.fate for row in job.rows.all()}


# Step 1


def test_upload_leads_to_the_columns_and_changes_nothing(staff_client):
    page = send(staff_client, swedish_csv(ASA), follow=True).content.decode()
    assert 'name="column-0"' in page
    assert "asa@amal.example" in page
    assert not Contact.objects.exists()


def test_pasted_cells_are_a_file_too(staff_client):
    staff_client.post(INDEX, {"kind": "contacts", "text": "Förnamn\tEfternamn\nÅsa\tÖberg\n"})
    job = ImportJob.objects.get()
    staff_client.post(f"{INDEX}{job.pk}/columns/", columns_of(job))
    post(staff_client, job, "confirm")
    assert str(Contact.objects.get()) == "Åsa Öberg"


@pytest.mark.parametrize("data", [{}, {"text": "  \n "}])
def test_upload_of_nothing_is_refused_on_the_page(staff_client, data):
    assert staff_client.post(INDEX, {"kind": "contacts", **data}).status_code == 422
    assert not ImportJob.objects.exists()


def test_file_and_pasted_cells_at_once_are_refused(staff_client):
    file = SimpleUploadedFile("kontakter.csv", swedish_csv(ASA))
    assert staff_client.post(INDEX, {"kind": "contacts", "file": file, "text": "Namn\nÅsa Öberg"}).status_code == 422
    assert not ImportJob.objects.exists()


def test_unreadable_file_is_refused_on_the_page_and_leaves_no_job(staff_client):
    response = send(staff_client, b"%PDF-1.7", name="protokoll.pdf")
    assert response.status_code == 422
    assert "PDF" in response.content.decode()
    assert not ImportJob.objects.exists()


def test_empty_file_is_refused_with_the_same_advice(staff_client):
    assert "Filen är tom. Spara kalkylbladet" in send(staff_client, b"").content.decode()


def test_empty_workbook_has_the_headings_that_are_understood(staff_client):
    content = staff_client.get(f"{INDEX}template/contacts/").content
    assert content.startswith(b"PK")
    assert "har rubriker men inga rader" in send(staff_client, content, name="kontakter.xlsx").content.decode()


# Step 2


def test_unknown_column_is_marked_and_can_be_given_a_meaning(staff_client):
    send(staff_client, "Förnamn;Efternamn;Kallas för\nÅsa;Öberg;Rektorn\n".encode())
    job = ImportJob.objects.get()
    assert "import-columns__unknown" in page_of(staff_client, job)
    staff_client.post(f"{INDEX}{job.pk}/columns/", {**columns_of(job), "column-2": "note"})
    post(staff_client, job, "confirm")
    assert Contact.objects.get().note == "Rektorn"


def test_meaning_of_a_column_is_remembered_for_the_next_such_file(staff_client):
    content = "Förnamn;Efternamn;Kallas för\nÅsa;Öberg;Rektorn\n".encode()
    send(staff_client, content)
    job = ImportJob.objects.get()
    staff_client.post(f"{INDEX}{job.pk}/columns/", {**columns_of(job), "column-2": "note"})
    post(staff_client, job, "confirm")
    send(staff_client, content)
    assert ImportJob.objects.latest("pk").mapping["Kallas för"] == "note"


def test_another_sheet_can_be_chosen(staff_client):
    book = openpyxl.load_workbook(io.BytesIO(workbook(["Förnamn", "Efternamn"], ["Åsa", "Öberg"])))
    sheet = book.create_sheet("Gamla")
    for row in (["Lista över gamla"], ["Namn", "E-post"], ["Olle Ek", "olle@ek.example"]):
        sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    send(staff_client, output.getvalue(), name="kontakter.xlsx")
    job = ImportJob.objects.get()
    staff_client.post(f"{INDEX}{job.pk}/columns/", {"read": "1", "sheet": "Gamla", "header_row": "1"})
    job.refresh_from_db()
    assert (job.options["sheet"], job.options["header_row"], job.headings) == ("Gamla", 2, ["Namn", "E-post"])


def test_sheet_that_fits_badly_offers_the_others(staff_client):
    book = openpyxl.Workbook()
    book.active.title = "Läs mig"
    book.active.append(["Kontaktlista hösten 2026"])
    book.active.append(["Uppdaterad av Karin"])
    sheet = book.create_sheet("Kontakter")
    for row in (["Förnamn", "Efternamn"], ["Åsa", "Öberg"]):
        sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    page = send(staff_client, output.getvalue(), name="kontakter.xlsx", follow=True).content.decode()
    job = ImportJob.objects.get()
    assert "<details open>" in page
    form = page.partition('class="import-sheets"')[2].partition("</form>")[0]
    assert re.findall(r'name="sheet" value="(.+?)"', form) == ["Kontakter"]
    header_row = re.search(r'name="header_row" value="(\d+)"', form)[1]
    page = staff_client.post(
        f"{INDEX}{job.pk}/columns/", {"read": "1", "sheet": "Kontakter", "header_row": header_row}, follow=True
    ).content.decode()
    job.refresh_from_db()
    assert (job.options["sheet"], job.headings) == ("Kontakter", ["Förnamn", "Efternamn"])
    assert "<details open>" not in page


def test_new_organisations_are_learning_centres_unless_another_kind_is_chosen(staff_client):
    for kind in ("", "company"):
        name = f"Nya {kind}"
        wishes = {"create_organisations": "on", **({"organisation_kind": kind} if kind else {})}
        job = bring_to_preview(staff_client, swedish_csv(f"Bo;Ek;;;{name};;;"), **wishes)
        post(staff_client, job, "confirm")
        assert Organisation.objects.get(name=name.strip()).kind == (kind or "learning_centre")


def test_earlier_answers_are_told_only_of_names_that_the_file_has(staff_client):
    role = RoleFactory(name="Skolledare")
    for line in ("Åsa;Öberg;asa@amal.example;;Komvux Åmål;Bossen;;", ASA, "Bo;Ek;;;Komvux Åmål;bossen;;"):
        job = bring_to_preview(staff_client, swedish_csv(line))
        if not job.values.get("role"):
            post(staff_client, job, "decide", {"unknown-role": "Bossen", "value-role-0": str(role.pk)})
        assert ('name="forget-role"' in page_of(staff_client, job)) == ("bossen" in line.lower()), line
        post(staff_client, job, "confirm")


def test_rows_of_a_finished_import_lead_to_what_they_speak_of_as_long_as_it_is_there(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA, "Bo;Ek;;;;;;"))
    assert "/admin/contact/edit/" not in page_of(staff_client, job)
    post(staff_client, job, "confirm")
    asa, bo = Contact.objects.get(last_name="Öberg"), Contact.objects.get(last_name="Ek")
    Contact.objects.filter(pk=bo.pk).delete()
    page = page_of(staff_client, job)
    assert f'href="/admin/contact/inspect/{asa.pk}/"' in page
    assert f'href="/admin/contact/inspect/{bo.pk}/"' not in page


def test_cards_are_counted(staff_client):
    card = "BEGIN:VCARD\nVERSION:3.0\nN:{0};Bo\nFN:Bo {0}\nEND:VCARD\n"
    job = bring_to_preview(staff_client, "".join(card.format(name) for name in ("Ek", "Alm", "Öberg")).encode(), name="kort.vcf")
    assert re.findall(r'import-row__number"[^>]*>(\d+)<', page_of(staff_client, job)) == ["1", "2", "3"]


def test_reading_that_fails_says_why_and_changes_nothing(staff_client):
    send(staff_client, swedish_csv(ASA))
    job = ImportJob.objects.get()
    reading = {**job.options, "read": "1", "header_row": "7"}
    response = staff_client.post(f"{INDEX}{job.pk}/columns/", reading)
    assert response.status_code == 422
    job.refresh_from_db()
    assert job.options["header_row"] == 1


def test_missing_column_is_said_on_the_page(staff_client):
    send(staff_client, "Förnamn;Mobil\nÅsa;070-174 06 05\n".encode())
    job = ImportJob.objects.get()
    response = staff_client.post(f"{INDEX}{job.pk}/columns/", columns_of(job))
    assert response.status_code == 422
    assert "Efternamn" in response.content.decode()


def test_cards_need_no_matching(staff_client):
    card = "BEGIN:VCARD\nVERSION:3.0\nN:Öberg;Åsa;;;\nFN:Åsa Öberg\nEMAIL:asa@amal.example\nEND:VCARD\n"
    page = send(staff_client, card.encode(), name="kort.vcf", follow=True).content.decode()
    assert 'name="column-0"' not in page
    job = ImportJob.objects.get()
    staff_client.post(f"{INDEX}{job.pk}/columns/")
    post(staff_client, job, "confirm")
    assert str(Contact.objects.get()) == "Åsa Öberg"


# Step 3


def test_rows_are_shown_with_their_fate_before_anything_is_written(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA, "Bo;;;;;;;"))
    page = page_of(staff_client, job)
    assert "import-fate--created" in page
    assert "import-fate--refused" in page
    assert 'name="cell-3-last_name"' in page
    assert not Contact.objects.exists()


def test_old_and_new_value_of_each_field_are_shown(staff_client):
    EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Oberg"), value="asa@amal.example")
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    post(staff_client, job, "decide", {"answer-2": f"rename:{Contact.objects.get().pk}"})
    page = page_of(staff_client, job)
    assert "<del>Oberg</del> → <ins>Öberg</ins>" in page


def test_rows_are_filtered_by_fate(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA, "Bo;;;;;;;"))
    page = page_of(staff_client, job, "?fate=refused")
    assert "Bo" in page
    assert "asa@amal.example" not in page


def test_bad_cell_is_corrected_in_the_browser(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA.replace(";;Komvux", ";ring växeln;Komvux")))
    assert fates(job) == {2: "refused"}
    post(staff_client, job, "decide", {"cell-2-mobile": "070-174 06 05"})
    assert fates(job) == {2: "created"}
    post(staff_client, job, "confirm")
    assert Contact.objects.get().contact_points.filter(normalised="+46701740605").exists()


def test_whole_name_is_corrected_where_it_stands(staff_client):
    job = bring_to_preview(staff_client, "Namn;E-post\nÅsa;asa@amal.example\n".encode())
    assert 'name="cell-2-full_name"' in page_of(staff_client, job)
    post(staff_client, job, "decide", {"cell-2-full_name": "Åsa Öberg"})
    assert fates(job) == {2: "created"}


def test_new_organisation_is_offered_as_a_change_of_job(staff_client, amal):
    asa = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    old = AffiliationFactory(contact=asa)
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    page = page_of(staff_client, job)
    assert 'name="answer-2" value="change"' in page
    post(staff_client, job, "decide", {"answer-2": "change"})
    assert fates(job) == {2: "changed"}
    post(staff_client, job, "confirm")
    old.refresh_from_db()
    assert old.until == timezone.localdate()
    assert asa.affiliations.filter(organisation=amal, until=None).exists()


def people_elsewhere(number):
    for index in range(number):
        contact = EmailFactory(
            contact=ContactFactory(first_name="Åsa", last_name=f"Öberg{index}"), value=f"asa{index}@amal.example"
        ).contact
        AffiliationFactory(contact=contact)
    return swedish_csv(*[f"Åsa;Öberg{index};asa{index}@amal.example;;Komvux Åmål;;;" for index in range(number)])


def test_all_changes_of_job_are_answered_at_once(staff_client):
    job = bring_to_preview(staff_client, people_elsewhere(30))
    assert 'name="all-job"' in page_of(staff_client, job, "?fate=asked")
    post(staff_client, job, "decide", {"all-job": "add", "answer-2": "skip"})
    assert (job.asked_count, job.changed_count, job.skipped_count) == (0, 29, 1)
    assert not Affiliation.objects.exclude(until=None).exists()


def test_all_doubtful_people_are_answered_at_once(staff_client):
    for index in range(3):
        EmailFactory(contact=ContactFactory(), value=f"asa{index}@amal.example")
    job = bring_to_preview(staff_client, swedish_csv(*[f"Åsa;Öberg;asa{index}@amal.example;;;;;" for index in range(3)]))
    assert job.asked_count == 3
    post(staff_client, job, "decide", {"all-person": "skip"})
    assert job.skipped_count == 3


def test_row_that_was_left_out_is_brought_back(staff_client):
    job = bring_to_preview(staff_client, people_elsewhere(1))
    post(staff_client, job, "decide", {"answer-2": "skip"})
    assert fates(job) == {2: "skipped"}
    assert 'name="back-2"' in page_of(staff_client, job)
    post(staff_client, job, "decide", {"back-2": "1"})
    assert fates(job) == {2: "asked"}


def test_answer_that_was_not_offered_is_left_aside(staff_client):
    stranger = ContactFactory()
    job = bring_to_preview(staff_client, people_elsewhere(1))
    post(staff_client, job, "decide", {"answer-2": f"same:{stranger.pk}", "answer-99": "new"})
    assert fates(job) == {2: "asked"}


def test_unknown_organisation_and_role_are_decided_once_for_all_rows(staff_client, amal):
    rows = [f"Åsa{index};Öberg;;;Åmåls komvux;Kejsare;;" for index in range(3)]
    job = bring_to_preview(staff_client, swedish_csv(*rows))
    assert 'value="Åmåls komvux"' in page_of(staff_client, job)
    post(staff_client, job, "decide", {"unknown-organisation": "Åmåls komvux", "value-organisation-0": str(amal.pk)})
    post(staff_client, job, "decide", {"unknown-role": "Kejsare", "value-role-0": "title"})
    assert job.created_count == 3
    post(staff_client, job, "confirm")
    assert set(Affiliation.objects.values_list("organisation", "title", "role")) == {(amal.pk, "Kejsare", None)}


def test_meaning_of_a_name_can_be_taken_back(staff_client, amal):
    job = bring_to_preview(staff_client, swedish_csv("Åsa;Öberg;;;Åmåls komvux;;;"))
    post(staff_client, job, "decide", {"unknown-organisation": "Åmåls komvux", "other-organisation-0": str(amal.pk)})
    assert fates(job) == {2: "created"}
    assert 'name="forget-organisation"' in page_of(staff_client, job)
    post(staff_client, job, "decide", {"forget-organisation": "Åmåls komvux"})
    assert fates(job) == {2: "refused"}


def test_unknown_organisation_is_created_when_somebody_says_so(staff_client):
    job = bring_to_preview(staff_client, swedish_csv("Åsa;Öberg;;;Lärcentrum Nytt;;;"))
    post(staff_client, job, "decide", {"all-organisation": "new", "organisation_kind": "learning_centre"})
    post(staff_client, job, "confirm")
    assert Organisation.objects.get(name="Lärcentrum Nytt").kind == "learning_centre"


def test_nobody_creates_organisations_by_import_who_may_not_add_them(staff_client, staff):
    staff.user_permissions.remove(Permission.objects.get(codename="add_organisation"))
    job = bring_to_preview(staff_client, swedish_csv("Åsa;Öberg;;;Lärcentrum Nytt;;;"), create_organisations="on")
    new = {"unknown-organisation": "Lärcentrum Nytt", "value-organisation-0": "new", "all-organisation": "new"}
    post(staff_client, job, "decide", new)
    assert fates(job) == {2: "refused"}


def test_cell_text_is_shown_as_text(staff_client):
    evil = "<script>alert(1)</script>"
    send(staff_client, swedish_csv(f"{evil};Öberg;{evil};;{evil};;;"), name=f"{evil}.csv")
    job = ImportJob.objects.get()
    assert "<script>alert" not in page_of(staff_client, job)
    staff_client.post(f"{INDEX}{job.pk}/columns/", columns_of(job))
    assert "<script>alert" not in page_of(staff_client, job)
    assert "<script>alert" not in staff_client.get(INDEX).content.decode()


def test_refused_rows_are_downloaded_with_the_reason_beside_each(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA, "Bo;Ek;=1+1;;;;;"))
    for when in ("checked", "done"):
        assert job.state == when
        response = staff_client.get(f"{INDEX}{job.pk}/refused/xlsx/")
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        headings, row = list(sheet.iter_rows(values_only=True))
        assert headings[1:4] == ("Förnamn", "Efternamn", "E-post")
        assert (headings[0], row[:4]) == ("Rad", ("3", "Bo", "Ek", "=1+1"))
        assert sheet["D2"].data_type == "s"
        assert "”=1+1” är ingen e-postadress" in row[-1]
        text = staff_client.get(f"{INDEX}{job.pk}/refused/csv/").content.decode("utf-8-sig")
        assert "Bo;Ek;'=1+1;" in text
        post(staff_client, job, "confirm")


def test_number_of_the_row_is_left_out_when_the_file_comes_back(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA, "Bo;Ek;fel;;;;;"))
    content = staff_client.get(f"{INDEX}{job.pk}/refused/csv/").content
    again = bring_to_preview(staff_client, content)
    assert (again.mapping["Rad"], again.row_count) == ("", 1)


# Importing


def test_confirmed_import_is_written_once_and_its_file_thrown_away(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    stored = job.file.name
    for _press in range(2):
        page = post(staff_client, job, "confirm")
    assert "redan avslutad" in page
    assert (job.state, job.created_count, Contact.objects.count()) == ("done", 1, 1)
    assert not storages["private"].exists(stored)


def test_what_was_filled_in_and_not_saved_is_shown_before_it_is_imported(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA, "Bo;Ek;fel;;;;;"))
    post(staff_client, job, "confirm", {"cell-3-email": "bo@amal.example"})
    assert (job.state, job.created_count) == ("checked", 2)
    assert not Contact.objects.exists()
    post(staff_client, job, "confirm")
    assert Contact.objects.count() == 2


def test_numbers_of_a_finished_import_add_up_to_its_rows(staff_client):
    EmailFactory(contact=ContactFactory(), value="bo@amal.example")
    job = bring_to_preview(staff_client, swedish_csv(ASA, "Bo;Ek;bo@amal.example;;;;;", "Bo;Ek;fel;;;;;"))
    post(staff_client, job, "confirm")
    assert (job.created_count, job.skipped_count, job.refused_count, job.asked_count) == (1, 1, 1, 0)
    assert job.row_count == job.rows.count() == 3


def test_finished_import_leads_to_what_it_changed_and_to_its_undoing(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    page = post(staff_client, job, "confirm")
    assert f'href="/admin/register/changes/{job.change_set_id}/"' in page
    assert f'href="/admin/register/changes/{job.change_set_id}/undo/"' in page


def test_cancelled_import_writes_nothing(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    post(staff_client, job, "cancel")
    post(staff_client, job, "confirm")
    assert job.state == "cancelled"
    assert not Contact.objects.exists()


def test_upload_that_nobody_confirms_is_thrown_away_after_two_weeks(staff_client):
    stored = bring_to_preview(staff_client, swedish_csv(ASA)).file.name
    forget_abandoned()
    assert storages["private"].exists(stored)
    ImportJob.objects.update(created_at=timezone.now() - timedelta(days=15))
    forget_abandoned()
    assert not storages["private"].exists(stored)
    assert ImportJob.objects.get().state == ImportJob.State.CANCELLED


# In the background, and after faults


def test_long_file_is_checked_and_imported_in_the_background(staff_client, settings, monkeypatch, django_capture_on_commit_callbacks):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    monkeypatch.setattr(work, "AT_ONCE", 1)
    send(staff_client, swedish_csv(ASA, ASA.replace("Åsa", "Eva").replace("asa@", "eva@")))
    job = ImportJob.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        page = staff_client.post(f"{INDEX}{job.pk}/columns/", columns_of(job), follow=True).content.decode()
        assert "<progress" in page
        assert f'data-refresh-url="{INDEX}{job.pk}/progress/"' in page
        assert 'data-state="checking" data-running' in staff_client.get(f"{INDEX}{job.pk}/progress/").content.decode()
    job.refresh_from_db()
    assert job.state == "checked"
    with django_capture_on_commit_callbacks(execute=True):
        assert f"{INDEX}{job.pk}/undo/" in post(staff_client, job, "confirm")
    job.refresh_from_db()
    assert (job.state, Contact.objects.count()) == ("done", 2)


def test_import_that_is_stopped_midway_is_taken_back(staff_client):
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    post(staff_client, job, "confirm")
    ImportJob.objects.update(state="importing")
    assert '<form method="post"' in staff_client.get(f"{INDEX}{job.pk}/undo/").content.decode()
    post(staff_client, job, "undo")
    assert job.state == "undone"
    assert not Contact.objects.exists()


def test_import_that_a_fault_has_stopped_goes_on(staff_client, monkeypatch, logged_errors):
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    with monkeypatch.context() as patch:
        patch.setattr("crm.importing.contacts.ContactImporter.write", lambda *args: 1 / 0)
        page = post(staff_client, job, "confirm")
    assert job.state == "failed"
    assert logged_errors
    assert f"{INDEX}{job.pk}/resume/" in page
    post(staff_client, job, "resume")
    assert (job.state, Contact.objects.count()) == ("done", 1)


def test_check_that_a_fault_has_stopped_is_tried_again(staff_client, monkeypatch, logged_errors):
    send(staff_client, swedish_csv(ASA))
    job = ImportJob.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr("crm.importing.contacts.ContactImporter.process", lambda *args: 1 / 0)
        staff_client.post(f"{INDEX}{job.pk}/columns/", columns_of(job))
    assert logged_errors
    assert f"{INDEX}{job.pk}/resume/" in page_of(staff_client, job)
    post(staff_client, job, "resume")
    assert job.state == "checked"


# The list, and who may


def test_list_shows_mine_and_on_request_everybodys(staff_client, client, staff):
    job = bring_to_preview(staff_client, swedish_csv(ASA), name="min.csv")
    ImportJob.objects.create(kind="contacts", filename="annans.csv", user=UserFactory(first_name="Berit", last_name="Annan"))
    mine, everybodys = (staff_client.get(f"{INDEX}?whose={whose}").content.decode() for whose in ("", "all"))
    assert "min.csv" in mine
    assert "annans.csv" not in mine
    assert "annans.csv" in everybodys
    assert "Berit Annan" in everybodys
    numbers = re.findall(r'import-number(?: import-number--none)?" data-label="[^"]+">(\d+)', mine)
    assert [int(number) for number in numbers] == [1, 0, 0, 0, 0, 0, job.row_count]


def test_list_of_imports_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    bring_to_preview(staff_client, swedish_csv(ASA))
    staff_client.get(INDEX)
    with django_assert_max_num_queries(30) as few:
        staff_client.get(INDEX)
    for _number in range(6):
        bring_to_preview(staff_client, swedish_csv(ASA))
    with django_assert_max_num_queries(30) as many:
        staff_client.get(INDEX)
    assert len(many) == len(few)


def test_page_of_rows_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    few_rows = bring_to_preview(staff_client, swedish_csv("Bo;Ek;fel;;Nytt;;;"))
    many_rows = bring_to_preview(staff_client, swedish_csv(*[f"Bo{n};Ek;fel;;Nytt {n % 4};;;" for n in range(20)]))
    page_of(staff_client, few_rows)
    with django_assert_max_num_queries(40) as few:
        page_of(staff_client, few_rows)
    with django_assert_max_num_queries(40) as many:
        page_of(staff_client, many_rows)
    assert len(many) == len(few)


def test_somebody_who_may_only_look_cannot_import(onlooker_client, onlooker):
    assert onlooker_client.get(INDEX).status_code == 302
    send(onlooker_client, swedish_csv(ASA))
    assert not ImportJob.objects.exists()


ACTIONS = ("columns", "decide", "confirm", "cancel", "resume", "undo")


def test_somebody_elses_import_is_open_to_whoever_may_import_its_kind_and_to_nobody_else(client, staff, onlooker):
    client.force_login(staff)
    job = bring_to_preview(client, swedish_csv(ASA))
    client.force_login(onlooker)
    for address in ("", "columns/", "progress/", "refused/csv/"):
        assert client.get(f"{INDEX}{job.pk}/{address}").status_code == 302
    for action in ACTIONS:
        client.post(f"{INDEX}{job.pk}/{action}/")
    job.refresh_from_db()
    assert job.state == "checked"
    colleague = UserFactory()
    codenames = ["access_admin", "add_contact", "change_contact"]
    colleague.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(colleague)
    assert "asa@amal.example" in page_of(client, job)
    post(client, job, "confirm")
    assert (job.state, job.user) == ("done", colleague)


@pytest.mark.parametrize("action", ["decide", "confirm", "cancel", "resume"])
def test_nothing_is_done_by_following_a_link(staff_client, action):
    job = bring_to_preview(staff_client, swedish_csv(ASA))
    assert staff_client.get(f"{INDEX}{job.pk}/{action}/").status_code == 405


def test_organisations_come_in_the_same_way(staff_client):
    job = bring_to_preview(staff_client, "Namn;Slag\nLärcentrum Nytt;Lärcentrum\nKonstigt;Slott\n".encode(), kind="organisations")
    assert set(fates(job).values()) == {"created", "refused"}
    post(staff_client, job, "confirm")
    assert Organisation.objects.filter(name="Lärcentrum Nytt").exists()
