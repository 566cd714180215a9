"""The importer from the command line: the same engine, with counts for machines and an exit status."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.models import Affiliation, ChangeSet, Contact, ImportJob
from tests.crm.spreadsheets import swedish_csv
from tests.dumps import dump
from tests.factories.crm import ContactFactory, EmailFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADINGS = "Förnamn;Efternamn;E-post;Organisation;Titel"
GOOD = ["Bo;Ek;bo@skara.example;Lärcentrum Skara;Rektor", "Eva;Al;eva@skara.example;Lärcentrum Skara;Lärare"]


@pytest.fixture(autouse=True)
def _skara():
    OrganisationFactory(name="Lärcentrum Skara")


@pytest.fixture
def write(tmp_path):
    def write(*rows, headings=HEADINGS):
        path = tmp_path / "kontakter.csv"
        path.write_bytes(swedish_csv(*rows, headings=headings))
        return str(path)

    return write


def run(*arguments, status=0):
    """Run a command and return what it says as JSON, whatever its exit status, which is checked."""
    output = StringIO()
    if status:
        with pytest.raises(CommandError) as error:
            call_command(*arguments, format="json", stdout=output)
        assert error.value.returncode == status
    else:
        call_command(*arguments, format="json", stdout=output)
    return json.loads(output.getvalue() or "null")


def test_counts_add_up_to_the_rows(write):
    report = run("import_contacts", write(*GOOD))

    assert {name: report[name] for name in ("rows", "created", "changed", "unchanged", "skipped", "refused", "doubtful")} == {
        "rows": 2, "created": 2, "changed": 0, "unchanged": 0, "skipped": 0, "refused": 0, "doubtful": 0,
    }  # fmt: skip
    assert run("import_contacts", write(*GOOD))["unchanged"] == 2


def test_dry_run_says_the_same_and_changes_nothing(write):
    path = write(*GOOD, "Cia;Al;fel;;")
    before = dump()
    dry = run("import_contacts", path, "--dry-run", status=1)
    assert dump() == before

    wet = run("import_contacts", path, status=1)

    for name in ("rows", "created", "changed", "unchanged", "skipped", "refused", "left_out", "mapping"):
        assert dry[name] == wet[name]


def test_refused_rows_are_named_and_give_a_status(write):
    report = run("import_contacts", write(*GOOD, "Cia;Al;fel;;"), status=1)

    assert (report["created"], report["refused"]) == (2, 1)
    assert report["left_out"][0]["row"] == 4
    assert "fel" in report["left_out"][0]["reasons"][0]


def test_doubtful_rows_are_left_out_and_named(write):
    EmailFactory(contact=ContactFactory(first_name="Anna", last_name="Berg"), value="bo@skara.example")

    report = run("import_contacts", write(*GOOD), status=1)

    assert (report["created"], report["skipped"], report["doubtful"]) == (1, 1, 1)
    assert "Anna Berg" in " ".join(report["left_out"][0]["reasons"])


def test_columns_can_be_mapped_by_hand(write):
    path = write("Bo;Ek;Rektor", headings="A;B;C")

    run("import_contacts", path, "--map", "A=first_name", "--map", "B=last_name")
    assert Contact.objects.get().name == "Bo Ek"

    with pytest.raises(CommandError, match="first_name"):
        call_command("import_contacts", path, "--map", "A=fornamn")


def test_history_shows_the_user(write):
    karin = UserFactory(username="karin")

    run("import_contacts", write(*GOOD), "--user", "karin")

    assert ChangeSet.objects.get(cause="import").actor == karin


def test_organisations_are_created_on_demand(write):
    path = write("Bo;Ek;bo@x.example;Campus X;Rektor")
    assert run("import_contacts", path, status=1)["refused"] == 1

    run("import_contacts", path, "--create-organisations", "--organisation-kind", "learning_centre")

    assert Affiliation.objects.get().organisation.kind == "learning_centre"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x00\x01\x02"])
def test_file_that_is_no_spreadsheet_is_refused_in_words(tmp_path, content):
    path = tmp_path / "fil.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_contacts", str(path))
    assert not ImportJob.objects.exists()


def test_missing_file_and_missing_columns_are_said(write):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_contacts", "/nowhere/file.csv")
    with pytest.raises(CommandError, match="Ort"):
        call_command("import_contacts", write("Skara", headings="Ort"))
    assert not ImportJob.objects.exists()


def test_undo_brings_back_what_was(write):
    before = dump()
    job = run("import_contacts", write(*GOOD))["job"]

    dry = run("undo_import", str(job), "--dry-run")
    assert dry["delete"] > 0
    report = run("undo_import", str(job))

    assert (report["state"], report["conflicts"]) == ("undone", 0)
    assert dump() == before


def test_undo_gives_a_status_when_something_stays(write):
    job = run("import_contacts", write(*GOOD))["job"]
    contact = Contact.objects.get(first_name="Bo")
    contact.note = "ring före 10"
    contact.save()

    report = run("undo_import", str(job), status=1)

    assert report["conflicts"] == 1
    assert Contact.objects.get().name == "Bo Ek"


def test_undo_of_nothing_is_said(write):
    run("import_contacts", write(*GOOD))
    job = run("import_contacts", write(*GOOD))["job"]

    with pytest.raises(CommandError, match="nothing"):
        call_command("undo_import", str(job))
    with pytest.raises(CommandError, match="no import"):
        call_command("undo_import", "4711")
