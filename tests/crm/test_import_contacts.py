"""What an import of contacts makes of its rows."""

import datetime

import pytest
from django.utils import timezone

from crm.importing.contacts import columns
from crm.importing.jobs import check, confirm, upload
from crm.models import Affiliation, Contact, ContactPoint
from tests.crm.spreadsheets import swedish_csv, workbook
from tests.factories.crm import ContactFactory, EmailFactory, OrganisationFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lidkoping():
    OrganisationFactory(name="Lärcentrum Lidköping")
    OrganisationFactory(name="Komvux Åmål")
    RoleFactory(name="Rektor")


def checked(content, filename="kontakter.csv"):
    return check(upload("contacts", content=content, filename=filename, acting_user=None))


def rows_of(job):
    return list(job.rows.values_list("number", "fate", "changes", "messages"))


def bring_in(content):
    """Import a file as the pages do and return {row number: (fate, messages)}, checking that preview and result agree."""
    job = checked(content)
    assert job.error == ""
    preview = rows_of(job)
    done = confirm(job, acting_user=None)
    assert done.state == "done"
    doubtful = set(done.rows.exclude(question=None).values_list("number", flat=True))
    assert [row for row in rows_of(done) if row[0] not in doubtful] == [row for row in preview if row[0] not in doubtful]
    return {row.number: (row.fate, said(row)) for row in done.rows.all()}


def said(row):
    labels = {name: str(column.label) for name, column in columns().items()}
    return " ".join(f"{labels[name]}: {sentence}" if name else sentence for name, sentence in row.messages)


def fates(content):
    return [fate for fate, _messages in bring_in(content).values()]


ASA = "Åsa;Öberg;asa.oberg@lidkoping.example;070-174 06 05;Lärcentrum Lidköping;Rektor;2014-08-15;"


def test_preview_writes_nothing():
    checked(swedish_csv(ASA))
    assert not Contact.objects.exists()
    assert not ContactPoint.objects.exists()


def test_swedish_spreadsheet_comes_in_as_it_is():
    assert fates(swedish_csv(ASA)) == ["created"]
    affiliation = Affiliation.objects.get()
    assert str(affiliation.contact) == "Åsa Öberg"
    assert (str(affiliation.role), str(affiliation.organisation)) == ("Rektor", "Lärcentrum Lidköping")
    assert affiliation.since == datetime.date(2014, 8, 15)
    assert set(affiliation.contact.contact_points.values_list("kind", "normalised")) == {
        ("email", "asa.oberg@lidkoping.example"),
        ("mobile", "+46701740605"),
    }


def test_same_file_twice_changes_nothing():
    bring_in(swedish_csv(ASA))
    assert fates(swedish_csv(ASA)) == ["unchanged"]
    assert (Contact.objects.count(), Affiliation.objects.count(), ContactPoint.objects.count()) == (1, 1, 2)


def test_second_row_of_a_person_is_a_second_role():
    second = ASA.replace("Lärcentrum Lidköping", "Komvux Åmål")
    assert fates(swedish_csv(ASA, second)) == ["created", "changed"]
    assert Contact.objects.get().affiliations.count() == 2


def test_new_number_comes_first_and_the_old_one_stays():
    bring_in(swedish_csv(ASA))
    assert fates(swedish_csv(ASA.replace("06 05", "06 99"))) == ["changed"]
    numbers = Contact.objects.get().contact_points.filter(kind="mobile").order_by("-is_primary")
    assert [point.normalised for point in numbers] == ["+46701740699", "+46701740605"]


def test_empty_cells_wipe_nothing():
    bring_in(swedish_csv(ASA))
    assert fates(swedish_csv("Åsa;Öberg;asa.oberg@lidkoping.example;;;;;")) == ["unchanged"]
    assert Affiliation.objects.get().since == datetime.date(2014, 8, 15)


def test_end_of_a_role_is_written_on_the_role():
    bring_in(swedish_csv(ASA))
    assert fates(swedish_csv(ASA + "2018-01-31")) == ["changed"]
    assert Affiliation.objects.get().until == datetime.date(2018, 1, 31)


def test_role_taken_up_again_is_a_role_of_its_own():
    bring_in(swedish_csv(ASA + "2016-06-30"))
    assert fates(swedish_csv(ASA.replace("2014-08-15", "2018-01-08"))) == ["changed"]
    assert Affiliation.objects.count() == 2


def test_one_bad_row_neither_stops_nor_hides_the_others():
    rows = [ASA, "Bo;Ek;inte en adress;;;;;", "Cia;Al;cia@komvux.example;;;;;"]
    result = bring_in(swedish_csv(*rows))
    assert [fate for fate, _ in result.values()] == ["created", "refused", "created"]
    assert "”inte en adress” är ingen e-postadress" in result[3][1]
    assert set(Contact.objects.values_list("first_name", flat=True)) == {"Åsa", "Cia"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";Ek;;;;;;", "Förnamn: saknas."),
        ("Bo;;;;;;;", "Efternamn: saknas."),
        ("Bo;Ek;;ring;;;;", "inget telefonnummer"),
        ("Bo;Ek;;;Lärcentrum Lidköping;Rektor;i höstas;", "”i höstas” är inte ett datum"),
        ("Bo;Ek;;;Lärcentrum Lidköping;Rektor;2018-02-30;", "är inte ett datum"),
        ("Bo;Ek;;;Lärcentrum Lidköping;Rektor;2018-02-01;2018-01-01", "före första dagen"),
        ("Bo;Ek;;;Lärcentrum Atlantis;Rektor;;", "Organisation: ”Lärcentrum Atlantis” finns inte i registret"),
        ("Bo;Ek;;;Lärcentrum Lidköping;Kejsare;;", "Roll: Rollen ”Kejsare” finns inte"),
        ("Bo;Ek;;;;Rektor;;", "Organisation: saknas"),
        ("Bo;Ek;;;Lärcentrum Lidköping;Rektor;2018-02-01xyz;", "är inte ett datum"),
        ("Bo;Ek;;;Lärcentrum Lidköping;Rektor;99999;", "är inte ett datum"),
    ],
)
def test_refused_row_says_what_is_wrong(row, reason):
    fate, messages = bring_in(swedish_csv(row))[2]
    assert fate == "refused"
    assert reason in messages
    assert not Contact.objects.exists()


@pytest.mark.parametrize("written", ["2014-08-15", "15.08.2014", "15/8/2014", "20140815", "2014-08-15 00:00:00", "41866"])
def test_dates_as_excel_writes_them(written):
    bring_in(swedish_csv(ASA.replace("2014-08-15", written)))
    assert Affiliation.objects.get().since == datetime.date(2014, 8, 15)


def test_real_dates_and_numbers_of_a_workbook():
    headings = ["Förnamn", "Efternamn", "Mobil", "Organisation", "Roll", "Från"]
    row = ["Åsa", "Öberg", 46701740605, "Komvux Åmål", "Rektor", datetime.datetime(2014, 8, 15)]
    job = checked(workbook(headings, row), filename="kontakter.xlsx")
    assert job.counts["created"] == 1


def test_address_of_somebody_else_is_asked_about_not_guessed():
    EmailFactory(contact=ContactFactory(first_name="Anna", last_name="Berg"), value="anna.berg@kommun.example")
    fate, messages = bring_in(swedish_csv("Annika;Bergman;anna.berg@kommun.example;;;;;"))[2]
    assert fate == "skipped"
    assert "anna.berg@kommun.example tillhör Anna Berg" in messages
    assert Contact.objects.count() == 1


def test_address_that_stands_twice_in_a_file_is_asked_about_at_the_second_row():
    rows = ["Anna;Berg;anna.berg@kommun.example;;;;;", "Bo;Ek;anna.berg@kommun.example;;;;;"]
    assert fates(swedish_csv(*rows)) == ["created", "skipped"]


def test_desk_address_may_be_shared():
    rows = ["Anna;Berg;info@komvux.example;;;;;", "Bo;Ek;info@komvux.example;;;;;"]
    assert fates(swedish_csv(*rows)) == ["created", "created"]
    assert fates(swedish_csv(*rows)) == ["unchanged", "unchanged"]


def test_historical_address_still_finds_the_person():
    EmailFactory(
        contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@gamla.example", status=ContactPoint.Status.HISTORICAL
    )
    assert fates(swedish_csv("Åsa;Öberg;asa@gamla.example;;;;;")) == ["unchanged"]


def test_person_without_address_is_known_by_name_and_phone_or_organisation():
    rows = ["Moa;Ek;;070-174 06 10;;;;", "Fredrik;Pihl;;;Komvux Åmål;Rektor;;"]
    bring_in(swedish_csv(*rows))
    assert fates(swedish_csv(*rows)) == ["unchanged", "unchanged"]


def test_two_namesakes_are_told_apart_by_number():
    first, second = (ContactFactory(first_name="Anna", last_name="Berg") for _ in range(2))
    for contact in (first, second):
        EmailFactory(contact=contact, value="delad@kommun.example")
    fate, messages = bring_in(swedish_csv("Anna;Berg;delad@kommun.example;;;;;"))[2]
    assert (fate, "mer än en Anna Berg" in messages) == ("skipped", True)
    content = swedish_csv(f"{second.pk};Anna;Berg;070-174 06 77", headings="Nr;Förnamn;Efternamn;Mobil")
    assert fates(content) == ["changed"]
    assert second.contact_points.filter(kind="mobile").exists()


def test_unknown_number_is_refused():
    fate, messages = bring_in(swedish_csv("4711;Anna;Berg", headings="Nr;Förnamn;Efternamn"))[2]
    assert (fate, "Nummer 4711 finns inte" in messages) == ("refused", True)


@pytest.mark.parametrize("number", ["1.5", "nan", "Infinity", "1e5000", "-1"])
def test_number_that_is_none_is_refused(number):
    fate, messages = bring_in(swedish_csv(f"{number};Anna;Berg", headings="Nr;Förnamn;Efternamn"))[2]
    assert (fate, "inget nummer ur kolumnen Nr" in messages) == ("refused", True)


def test_too_long_a_cell_is_refused_and_the_other_rows_come_in():
    headings = "Förnamn;Efternamn;Organisation;Titel"
    rows = [f"Bo;Ek;Komvux Åmål;{'x' * 300}", "Cia;Al;Komvux Åmål;Rektor"]
    result = bring_in(swedish_csv(*rows, headings=headings))
    assert [fate for fate, _ in result.values()] == ["refused", "created"]
    assert "Titel: " in result[2][1]


def test_row_numbers_are_those_of_the_file():
    result = bring_in(swedish_csv("", ";;;;;;;", ASA, "", "Bo;;;;;;;"))
    assert {number: fate for number, (fate, _messages) in result.items()} == {4: "created", 6: "refused"}


def test_archived_organisation_takes_no_new_role_but_may_have_had_one():
    archived = OrganisationFactory(name="Gamla komvux")
    archived.archived_at = timezone.now()
    archived.save()
    now, then = "Bo;Ek;;;Gamla komvux;Rektor;2014-01-01;", "Cia;Al;;;Gamla komvux;Rektor;2014-01-01;2016-06-30"
    result = bring_in(swedish_csv(now, then))
    assert [fate for fate, _ in result.values()] == ["refused", "created"]
    assert "arkiverad" in result[2][1]
