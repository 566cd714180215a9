"""A job on its way: what is counted, what survives an interruption, and what an undo leaves."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError
from django.utils import timezone

from crm.exceptions import RegisterError, SpreadsheetError
from crm.importing import contacts, runs, work
from crm.importing.jobs import cancel, check, confirm, forget_abandoned, import_file, match, undo_import, upload
from crm.importing.wishes import Wishes
from crm.importing.work import resume_interrupted
from crm.models import ChangeSet, Contact, ContactPoint, ImportJob, ImportRow, Organisation
from crm.services.search import refresh_search_texts
from crm.services.undo import undo
from tests.crm.spreadsheets import swedish_csv
from tests.dumps import dump
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADINGS = "Förnamn;Efternamn;E-post;Mobil;Organisation;Roll;Anteckning"


@pytest.fixture
def karin():
    return UserFactory(first_name="Karin", last_name="Ek")


@pytest.fixture(autouse=True)
def _register():
    RoleFactory(name="Rektor")
    anna = ContactFactory(first_name="Anna", last_name="Berg", note="gammal")
    EmailFactory(contact=anna, value="anna@skara.example", is_primary=True)
    AffiliationFactory(contact=anna, organisation=OrganisationFactory(name="Lärcentrum Skara"), role=None, since=None, until=None)


ROWS = [
    "Anna;Berg;anna.berg@campus.example;;Lärcentrum Skara;Rektor;ny",
    "Anna;Berg;anna@skara.example;070-174 06 05;;;",
    "Bo;Ek;bo@skara.example;070-174 06 06;Campus Skara;Rektor;",
    "Eva;Al;fel;;;;",
    "Bo;Ek;bo@skara.example;;Lärcentrum Skara;Rektor;",
    "Cia;Al;;0511-320 00;Campus Skara;;hej",
]


def uploaded(user=None, rows=ROWS):
    job = upload("contacts", content=swedish_csv(*rows, headings=HEADINGS), filename="kontakter.csv", acting_user=user)
    return match(job, wishes=Wishes(create_organisations=True))


def imported(user=None):
    return confirm(check(uploaded(user)), acting_user=user)


@pytest.fixture
def _worker(settings):
    """A worker that does at once what is put into the queue."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def in_parts(monkeypatch, size=2):
    monkeypatch.setattr(contacts.ContactImporter, "largest_part", size)


class TestOneWay:
    def test_job_tells_who_when_which_file_and_how_it_was_understood(self, karin):
        job = imported(karin)

        assert (job.user, job.filename, job.state, job.mapping["Mobil"]) == (karin, "kontakter.csv", "done", "mobile")
        assert job.change_set.actor == karin
        assert (job.change_set.cause, job.change_set.note) == ("import", "kontakter.csv")

    def test_numbers_add_up_to_the_rows(self):
        job = imported()

        assert job.row_count == job.row_total == len(ROWS) == job.rows.count()
        assert job.counts == {"created": 2, "changed": 3, "unchanged": 0, "skipped": 0, "asked": 0, "refused": 1}

    def test_import_without_changes_leaves_no_change_set(self):
        imported()
        again = imported()

        assert (again.change_set, again.counts["unchanged"], again.counts["refused"]) == (None, 5, 1)

    def test_file_is_gone_when_the_register_has_it(self):
        job = check(uploaded())
        name = job.file.name
        assert job.file.storage.exists(name)

        confirm(job, acting_user=None)

        assert not job.file.storage.exists(name)

    def test_cancelled_job_changes_nothing_and_cannot_be_confirmed(self):
        before = dump()
        job = cancel(check(uploaded()))

        with pytest.raises(RegisterError):
            confirm(job, acting_user=None)
        assert dump() == before

    def test_searched_texts_are_as_if_each_had_been_typed(self):
        imported()
        texts = dict(Contact.objects.values_list("pk", "search_text"))

        refresh_search_texts(Contact, list(texts))

        assert dict(Contact.objects.values_list("pk", "search_text")) == texts
        assert Contact.objects.search("bo 070-174 06 06 campus").exists()

    def test_columns_that_are_missing_are_named(self):
        job = upload("contacts", content=b"Ort;Adress\r\nSkara;Gatan 1\r\n", filename="x.csv", acting_user=None)

        with pytest.raises(SpreadsheetError, match="Ort, Adress"):
            check(job)

    def test_mapping_is_remembered_for_files_with_the_same_headings(self):
        content = "Vem;Var;E-post\r\nIda Al;Lärcentrum Skara;ida@skara.example\r\n".encode()
        job = upload("contacts", content=content, filename="x.csv", acting_user=None)
        assert job.mapping == {"Vem": "", "Var": "", "E-post": "email"}
        confirm(check(match(job, mapping={"Vem": "full_name", "Var": "organisation", "E-post": "email"})), acting_user=None)

        again = upload("contacts", content=content, filename="y.csv", acting_user=None)

        assert again.mapping == {"Vem": "full_name", "Var": "organisation", "E-post": "email"}

    def test_row_that_the_database_refuses_takes_no_other_with_it(self, monkeypatch):
        write_points = contacts.Writer._write_points

        def refuse_bo(writer):
            if any(person.fields["first_name"] == "Bo" for person, _point in writer.points):
                raise IntegrityError
            write_points(writer)

        monkeypatch.setattr(contacts.Writer, "_write_points", refuse_bo)

        job = imported()

        assert {row.label for row in job.rows.filter(fate="refused")} == {"Bo Ek", "Eva Al"} or job.refused_count == 3
        assert Contact.objects.filter(first_name="Cia").exists()
        assert not Contact.objects.filter(first_name="Bo").exists()


class TestInterrupted:
    """A worker may be killed at any moment; a part of the file is there whole or not at all."""

    def interrupt(self, monkeypatch, at):
        note, calls = runs.Run._note, []

        def killed(run, outcomes):
            calls.append(outcomes)
            if len(calls) == at:
                raise KeyboardInterrupt
            note(run, outcomes)

        monkeypatch.setattr(runs.Run, "_note", killed)
        return lambda: monkeypatch.setattr(runs.Run, "_note", note)

    @pytest.mark.parametrize("at", [1, 2, 3])
    def test_import_goes_on_where_it_was_killed(self, monkeypatch, at):
        whole = imported()
        expected, counts = dump(), whole.counts
        undo_import(whole, acting_user=None)
        in_parts(monkeypatch)
        job = check(uploaded())
        mend = self.interrupt(monkeypatch, at)
        with pytest.raises(KeyboardInterrupt):
            confirm(job, acting_user=None)
        mend()
        job.refresh_from_db()
        assert (job.state, job.row_done) == ("importing", (at - 1) * 2)
        assert job.rows.filter(fate="created", object_id__gt=0).count() == Contact.objects.count() - 1

        work.carry_on(job)

        job.refresh_from_db()
        assert (job.state, job.counts) == ("done", counts)
        assert without_numbers(dump()) == without_numbers(expected)
        assert ChangeSet.objects.filter(cause="import", import_job=job).count() == 1

    @pytest.mark.usefixtures("_worker")
    def test_silent_job_is_taken_up_by_the_clock(self, monkeypatch):
        in_parts(monkeypatch)
        job = check(uploaded())
        mend = self.interrupt(monkeypatch, 2)
        with pytest.raises(KeyboardInterrupt):
            confirm(job, acting_user=None)
        mend()
        resume_interrupted()
        job.refresh_from_db()
        assert job.state == "importing"  # its worker may still be alive

        ImportJob.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
        resume_interrupted()

        job.refresh_from_db()
        assert job.state == "done"

    def test_worker_that_has_lost_the_job_writes_nothing(self, monkeypatch):
        in_parts(monkeypatch)
        job = check(uploaded())
        take_hold = runs.Run.take_hold

        def overtaken(run):
            ImportJob.objects.filter(pk=job.pk).update(row_done=4)
            take_hold(run)

        monkeypatch.setattr(runs.Run, "take_hold", overtaken)
        confirm(job, acting_user=None)

        assert not Contact.objects.filter(first_name="Bo").exists()

    def test_fault_is_told_and_the_job_can_be_undone(self, monkeypatch, logged_errors):
        before = dump()
        in_parts(monkeypatch)
        job = check(uploaded())
        process, calls = contacts.ContactImporter.process, []

        def broken(importer, rows):
            calls.append(rows)
            if len(calls) == 2:
                raise ZeroDivisionError
            return process(importer, rows)

        monkeypatch.setattr(contacts.ContactImporter, "process", broken)
        job = confirm(job, acting_user=None)
        assert (job.state, bool(job.error)) == ("failed", True)
        assert len(logged_errors) == 1

        undo_import(job, acting_user=None)

        assert dump() == before


def without_numbers(dumped):
    """Return what a dump says of people: their numbers differ from one import to the next."""
    people = {pk: (row["first_name"], row["last_name"], row["note"], row["search_text"]) for pk, row in dumped["crm.contact"].items()}
    points = sorted((people[row["contact_id"]], row["normalised"], row["is_primary"]) for row in dumped["crm.contactpoint"].values())
    organisations = {pk: row["name"] for pk, row in dumped["crm.organisation"].items()}
    roles = sorted(
        (people[row["contact_id"]], organisations[row["organisation_id"]], row["role_id"] or 0)
        for row in dumped["crm.affiliation"].values()
    )
    return sorted(people.values()), points, sorted(organisations.values()), roles


class TestUndo:
    def test_register_is_as_before(self, karin):
        before = dump()
        job = imported(karin)
        assert dump() != before

        job = undo_import(job, acting_user=karin)

        assert dump() == before
        assert ImportJob.objects.get().state == "undone"

    def test_undo_through_the_change_set_is_the_same(self, karin):
        before = dump()
        job = imported(karin)

        undone = undo(job.change_set, acting_user=karin)
        assert dump() == before
        assert ImportJob.objects.get().state == "undone"

        undo(undone, acting_user=karin)
        assert ImportJob.objects.get().state == "done"

    def test_what_somebody_has_changed_since_stays(self, karin):
        job = imported(karin)
        Contact.objects.filter(first_name="Anna").update(note="nyare")

        undo_import(job, acting_user=karin)

        assert Contact.objects.get().note == "nyare"

    def test_job_that_changed_nothing_has_nothing_to_undo(self):
        imported()

        with pytest.raises(RegisterError):
            undo_import(imported(), acting_user=None)

    def test_large_import_is_undone_by_the_worker_in_parts(self, karin, monkeypatch):
        before = dump()
        job = imported(karin)
        monkeypatch.setattr(work, "AT_ONCE", 2)
        monkeypatch.setattr("crm.services.undo.AT_ONCE", 2)
        monkeypatch.setattr("crm.services.judgement.CHUNK", 2)

        undo_import(job, acting_user=karin)
        work.carry_on(ImportJob.objects.get())

        assert dump() == before
        assert ImportJob.objects.get().state == "undone"


class TestLarge:
    @pytest.mark.usefixtures("_worker")
    def test_long_file_is_checked_and_imported_by_the_worker(self, monkeypatch, django_capture_on_commit_callbacks):
        monkeypatch.setattr(work, "AT_ONCE", 2)
        in_parts(monkeypatch)
        job = uploaded()

        with django_capture_on_commit_callbacks(execute=True):
            check(job)
        job.refresh_from_db()
        assert job.state == "checked"

        with django_capture_on_commit_callbacks(execute=True):
            confirm(job, acting_user=None)
        job.refresh_from_db()
        assert (job.state, job.created_count) == ("done", 2)

    def test_preview_in_parts_knows_what_earlier_parts_would_bring_in(self, monkeypatch):
        whole = list(check(uploaded()).rows.values_list("number", "fate", "changes"))
        in_parts(monkeypatch, 1)

        job = check(uploaded())

        assert list(job.rows.values_list("number", "fate", "changes")) == whole
        assert not Organisation.objects.filter(name="Campus Skara").exists()


class TestRetention:
    def test_unconfirmed_upload_is_thrown_away_after_two_weeks(self):
        job = check(uploaded())
        ImportJob.objects.update(created_at=timezone.now() - timedelta(days=15))

        forget_abandoned()

        job.refresh_from_db()
        assert (job.state, bool(job.file)) == ("cancelled", False)

    def test_rows_hold_people_and_are_thrown_away_after_half_a_year(self):
        imported()
        ImportJob.objects.update(created_at=timezone.now() - timedelta(days=181))

        forget_abandoned()

        assert not ImportRow.objects.exists()
        assert ImportJob.objects.get().created_count == 2


def test_uploaded_file_object_is_as_good_as_bytes():
    job = import_file("contacts", content=BytesIO(swedish_csv(*ROWS, headings=HEADINGS)), filename="x.csv", acting_user=None)

    assert job.row_count == len(ROWS)
    assert ContactPoint.objects.filter(normalised="anna.berg@campus.example").exists()
