"""Everything out, and back into an empty system without a difference."""

import csv
import datetime
import json

import openpyxl
import pytest
import vobject
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from crm.exporting.register import export_register, import_register
from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint, Document, Export, FeeSettings, Organisation, Segment, User
from crm.services.ledger import suspended
from crm.services.net_changes import recordings_in_order
from crm.years import OperatingYear
from newsletter.models import Newsletter, Subscription
from tests.dumps import dump
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    BoardDocumentFactory,
    ContactFactory,
    CostFactory,
    CourseFactory,
    DocumentFactory,
    EmailFactory,
    EvidenceFactory,
    FeeFactory,
    FeeReminderFactory,
    FeeRuleFactory,
    HoldingFactory,
    IndicatorFactory,
    InterestFactory,
    LicenceFactory,
    MatchFactory,
    MembershipFactory,
    MergedRecordFactory,
    MobilityFactory,
    MunicipalityFactory,
    NeedFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    PlanLinkFactory,
    ProjectFactory,
    ProjectRoleFactory,
    RelationshipFactory,
    SeatFactory,
    SeatRequestFactory,
    SegmentExceptionFactory,
    SegmentFactory,
    TaggingFactory,
    TaskFactory,
    UserFactory,
)
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
MOMENT = datetime.datetime(2018, 3, 1, 8, 30, 15, 123456, tzinfo=datetime.UTC)


@pytest.fixture
def rich_register():
    municipality = MunicipalityFactory(name="Åmål", latitude="57.7089", longitude="11.9746")
    member = FeeFactory(year=OperatingYear(2016), amount="15000.50", invoiced_on=DAY, paid_on=DAY).membership
    fee_round = FeeRuleFactory(from_population=20000).fee_round
    fee = FeeFactory(membership=member, year=OperatingYear(2017), fee_round=fee_round, number=1001)
    FeeReminderFactory(fee=fee, at=MOMENT, sent_by=UserFactory(username="kassor"))
    FeeSettings.objects.create(bankgiro="5999-0018")
    MembershipFactory(archived_at=MOMENT, organisation__archived_at=MOMENT, fee_contact=ContactFactory())
    centre = OrganisationFactory(
        name="Komvux; “Åmål”", parent=member.organisation, municipality=municipality, organisation_number="212000-1926"
    )
    Organisation.objects.filter(pk=member.organisation_id).update(parent=OrganisationFactory(name="Förbundet"))  # a later number
    OrganisationFactory(name="Enheten", parent=centre)
    asa = ContactFactory(first_name="Åsa", last_name="Öberg", note='rad\r\n"två"\t\\n', source="=1+1", language="en")
    today = AffiliationFactory(contact=asa, organisation=centre, title="Rektor", is_public=True, confirmed_at=DAY, confirmed_by="Åsa")
    AffiliationFactory(contact=asa, organisation=centre, until=DAY, end_reason="nytt jobb")
    EmailFactory(contact=asa, value="Asa@amal.example", affiliation=today, verified_at=DAY, source="kort")
    EmailFactory(contact=asa, value="gammal@amal.example", is_primary=False, status=ContactPoint.Status.BOUNCED)
    EmailFactory(contact=asa, value="070-174 06 05", kind=ContactPoint.Kind.MOBILE)
    EmailFactory(contact=None, organisation=centre, value="komvux@amal.example")
    ContactFactory(first_name="Bo", last_name="Ek", archived_at=MOMENT)
    ContactFactory.create_batch(3)
    SeatFactory(organisation=centre, contact=asa, until=DAY)
    NetworkFactory(description="Utan platser", archived_at=MOMENT)
    licence = LicenceFactory(name="Enkät", seats=30, price="0", value="2400.50", supplier=centre, description="Frågor", until=DAY)
    HoldingFactory(licence=licence, contact=asa, organisation=centre, since=DAY, confirmed_at=DAY, confirmed_by="Åsa", note="asa")
    project = ProjectFactory(short_name="Bron", funder=member.organisation, lead=centre, budget="3500000.50", since=DAY)
    PartnerFactory(project=project, organisation=centre, note="Från början")
    ProjectRoleFactory(project=project, contact=asa, organisation=centre, until=DAY)
    IndicatorFactory(project=project, needed_percent=80)
    MobilityFactory(project=project, contact=asa, sending=centre, since=DAY)
    EvidenceFactory(indicator__project=project, value=3, added_by=UserFactory())
    CostFactory(project=project, amount="-3200.50", voucher="E17-006", reported_on=DAY)
    course = CourseFactory(provider=centre, project=project, since=DAY, seats=12, level=4, focus_area=2, is_pilot=True, place="Åmål")
    SeatRequestFactory(course=course, organisation=centre, contact=asa, participant=asa, seats=2, mailed_at=MOMENT, reason="fullt")
    need = NeedFactory(
        organisation=centre, contact=asa, municipality=municipality, level=4, people=5, since=DAY, text="Excel", answer_id="17"
    )
    MatchFactory(need=need, course=course, note="ringde")
    InterestFactory(project=project, organisation=centre, contact=asa, day=DAY, note="gärna")
    RelationshipFactory(organisation=centre, since=DAY, note="Kurser")
    PlanLinkFactory(planitem__responsible=asa)
    meeting = ActivityFactory(kind="board_meeting")
    BoardDocumentFactory(meeting=meeting)
    AffiliationFactory(contact=asa, organisation=OrganisationFactory(is_own=True), term_until=DAY, elected_at=meeting, percent=50)
    SegmentFactory(query="member=yes&q=öberg", created_by=UserFactory(username="birgit"))
    SegmentExceptionFactory(contact=asa, is_in=False, reason="vill inte")
    ParticipationFactory(contact=asa, activity=ActivityFactory(text="Behöver svetsare", minutes=45, head_count=12))
    TaskFactory(contact=asa, due=datetime.date(2018, 5, 2), assignee=UserFactory(username="karin"))
    TaggingFactory(contact=asa)
    MergedRecordFactory(contact=asa)
    DocumentFactory(contact=asa)
    DocumentFactory(contact=None, project=project)
    SubscriptionFactory(contact=asa, confirmed_at=MOMENT, consent_text="Ja, tack.", consent_version=2, asker_hash="ab" * 32)
    SubscriptionFactory(state=Subscription.State.UNSUBSCRIBED, unsubscribed_at=MOMENT, unsubscribed_by=Subscription.Exit.PAGE)
    Contact.objects.filter(pk=asa.pk).update(created_at=MOMENT)
    asa.refresh_search_text()
    for organisation in Organisation.objects.all():
        organisation.refresh_search_text()


def empty_the_register():
    with suspended():
        for recording in reversed(recordings_in_order()):
            records = recording.model._base_manager.all()
            records._raw_delete(records.db)


def there_and_back(folder):
    export_register(folder)
    empty_the_register()
    return import_register(folder)


def test_everything_comes_back_without_a_difference(rich_register, tmp_path):
    before = dump()
    assert all(before.values()), "each kind of record has to be there"
    counts = there_and_back(tmp_path)
    assert dump() == before
    assert counts["crm.contact"] == Contact.objects.count()


def test_files_come_back_too(tmp_path):
    document = DocumentFactory(title="Avtal")
    contact = ContactFactory(photo=ContentFile(b"foto", name="foto.webp"))
    export_register(tmp_path)
    empty_the_register()
    for file in (document.file, contact.photo):
        file.storage.delete(file.name)
    import_register(tmp_path)
    assert Document.objects.get(title="Avtal").file.read() == b"avtal"
    assert Contact.objects.get(pk=contact.pk).photo.read() == b"foto"


def test_way_back_is_one_import_in_the_ledger(rich_register, tmp_path):
    there_and_back(tmp_path)
    opened = ChangeSet.objects.latest("pk")
    assert (opened.cause, opened.note) == (ChangeSet.Cause.IMPORT, "register.json")
    assert Change.objects.filter(change_set=opened, model="crm.contact").count() == Contact.objects.count()


def test_next_records_get_numbers_of_their_own(rich_register, tmp_path):
    there_and_back(tmp_path)
    newest = Contact.objects.latest("pk").pk
    assert ContactFactory().pk > newest
    AffiliationFactory()
    SubscriptionFactory()


def test_search_finds_what_came_back(rich_register, tmp_path):
    there_and_back(tmp_path)
    assert str(Contact.objects.search("oberg komvux 0701740605").get()) == "Åsa Öberg"


def test_newsletter_that_is_missing_is_made_and_one_that_is_there_is_used(rich_register, tmp_path):
    before = dump()
    export_register(tmp_path)
    empty_the_register()
    Newsletter.objects.all().delete()
    import_register(tmp_path)
    assert dump() == before
    empty_the_register()
    Newsletter.objects.all().delete()
    here = NewsletterFactory(pk=4711)
    import_register(tmp_path)
    assert set(Subscription.objects.values_list("newsletter", flat=True)) == {here.pk}


def test_user_is_found_by_name_and_one_who_is_missing_is_left_empty(rich_register, tmp_path):
    there_and_back(tmp_path)
    assert Segment.objects.filter(created_by__username="birgit").count() == 1
    empty_the_register()
    User.objects.all().delete()
    UserFactory(pk=4711, username="annan")
    import_register(tmp_path)
    assert set(Segment.objects.values_list("created_by", flat=True)) == {None}


def test_register_that_holds_something_is_left_alone(rich_register, tmp_path):
    before = dump()
    export_register(tmp_path)
    with pytest.raises(CommandError, match=r"inte tomt|not empty"):
        call_command("import_register", str(tmp_path))
    assert dump() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[:-1],  # cut off
        lambda lines: [line for line in lines if '"crm.organisation"' not in line],  # what others refer to
        lambda lines: ["{}", *lines[1:]],
        lambda lines: [*lines[:3], '{"model": "auth.permission"},', *lines[3:]],
        lambda lines: [*lines[:3], "nonsense", *lines[3:]],
        lambda lines: [],
    ],
)
def test_damaged_file_leaves_the_register_empty(rich_register, tmp_path, damage):
    export_register(tmp_path)
    empty_the_register()
    path = tmp_path / "register.json"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(damage(lines)), encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_register", str(tmp_path))
    assert not any(dump().values())


def test_dump_is_plain_json(rich_register, tmp_path):
    export_register(tmp_path)
    data = json.loads((tmp_path / "register.json").read_text(encoding="utf-8"))
    assert data["format"] == "knutpunkt-register"
    assert len([row for row in data["rows"] if row["model"] == "crm.contact"]) == Contact.objects.count()
    assert not any("search_text" in row for row in data["rows"])


def test_files_hold_every_contact_with_all_roles_past_and_present(rich_register, tmp_path):
    export_register(tmp_path)
    (path,) = tmp_path.glob("*-kontakter.xlsx")
    heading, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    people = {(row[heading.index("Förnamn")], row[heading.index("Efternamn")]) for row in rows}
    assert people == set(Contact.objects.values_list("first_name", "last_name"))
    roles = [row[heading.index("Organisation")] for row in rows if row[heading.index("Organisation")]]
    assert len(roles) == Affiliation.objects.count()
    addresses = {row[heading.index("Förnamn")]: row for row in rows}["Åsa"]
    assert any("gammal@amal.example (Studsar)" in str(cell) for cell in addresses)
    cards = list(vobject.readComponents((tmp_path / "contacts.vcf").read_text(encoding="utf-8")))
    assert len(cards) == Contact.objects.count()


def test_command_writes_csv_as_well_and_says_what(rich_register, tmp_path, capsys):
    call_command("export_register", str(tmp_path / "ut"), format="csv")
    names = sorted(path.name for path in (tmp_path / "ut").iterdir())
    assert names[0] == "1-kommuner.csv"
    assert {"contacts.vcf", "register.json", "README.txt"} <= set(names)
    (path,) = (tmp_path / "ut").glob("*-organisationer.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == Organisation.objects.count()
    assert f"{Organisation.objects.count()}  {path.name}" in capsys.readouterr().out
    readme = (tmp_path / "ut/README.txt").read_text(encoding="utf-8")
    assert f"{timezone.localdate()}" in readme
    assert path.name in readme


def test_whole_export_is_logged(rich_register, tmp_path, staff_client):
    export_register(tmp_path)
    logged = Export.objects.get()
    assert (logged.kind, logged.user) == ("register", None)
    assert logged.row_count > Contact.objects.count()
    assert staff_client.get("/admin/register/exports/").status_code == 200


def test_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "annat.txt").write_text("x")
    with pytest.raises(CommandError):
        call_command("export_register", str(tmp_path))


@pytest.mark.django_db(transaction=True)
def test_export_reads_one_moment_and_locks_nobody_out(tmp_path):
    AffiliationFactory()
    mode = getattr(connection, "transaction_mode", None)
    export_register(tmp_path)
    assert getattr(connection, "transaction_mode", None) == mode
    ContactFactory()
