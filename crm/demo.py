"""What the demo association has no spreadsheets of, and the product therefore no importer: fee rounds and
their reminders, tasks, files.
"""

import csv
import datetime

from django.core.files import File
from django.utils import timezone

from crm.models import (
    Activity,
    BoardDocument,
    Contact,
    Fee,
    FeeReminder,
    FeeRound,
    FeeRule,
    FeeSettings,
    Municipality,
    Network,
    Organisation,
    PlanItem,
    PlanLink,
    Project,
    Task,
    User,
)
from crm.services.documents import add_documents
from crm.services.fee_rounds import next_number
from crm.services.needs import receive_need
from crm.services.pictures import small_picture
from crm.years import OperatingYear


def load_fee_rounds(path):
    """Make the rounds that the fees of each year came out of, and number their documents in the order of the days on them."""
    FeeSettings.objects.get_or_create(defaults={"bankgiro": "5999-0018", "first_number": 1001})
    for row in _rows(path):
        values = {"invoiced_on": _day(row["Fakturerad"]), "due_on": _day(row["Förfaller"])}
        year = OperatingYear.parse(row["Verksamhetsår"])
        fee_round, _created = FeeRound.objects.get_or_create(year=year, defaults=values)
        steps = {"kind": row["Medlemstyp"], "from_population": row["Från invånare"] or None}
        FeeRule.objects.get_or_create(fee_round=fee_round, **steps, defaults={"amount": row["Avgift"]})
    for fee_round in FeeRound.objects.order_by("year"):
        fees = Fee.objects.filter(year=fee_round.year, fee_round=None).order_by("invoiced_on", "pk")
        for number, fee in enumerate(fees, next_number()):
            fee.fee_round, fee.number = fee_round, number
            fee.save(update_fields=["fee_round", "number"])


def load_fee_reminders(path):
    """Write down the reminders that were sent; nothing is sent."""
    for row in _rows(path):
        fee = Fee.objects.get(membership__organisation__name=row["Medlem"], year=OperatingYear.parse(row["Verksamhetsår"]))
        at = timezone.make_aware(datetime.datetime.combine(_day(row["Datum"]), datetime.time(9, 30)))
        values = {"at": at, "state": FeeReminder.State.SENT, "address": row["E-post"], "recipient": row["Till"], "subject": row["Ärende"]}
        values |= {"text": row["Text"], "sent_by": User.objects.filter(username="personal").first()}
        FeeReminder.objects.get_or_create(fee=fee, number=row["Nr"], defaults=values)


def load_tasks(path):
    for row in _rows(path):
        about = _record(row["Om"]) if row["Om"] else None
        done = datetime.datetime.combine(_day(row["Klart"]), datetime.time(15)) if row["Klart"] else None
        values = {
            "due": _day(row["Senast"]) if row["Senast"] else None,
            "assignee": User.objects.filter(username=row["För"]).first(),
            "note": row["Anteckning"],
            "done_at": timezone.make_aware(done) if done else None,
            **({about._meta.model_name: about} if about else {}),
        }
        Task.objects.get_or_create(what=row["Vad"], defaults=values)


def load_plan_links(path):
    """Say what fulfils the plan: a project by its name, an activity by its day and what it was called, or by its day alone."""
    for row in _rows(path):
        item = PlanItem.objects.get(year=OperatingYear.parse(row["Verksamhetsår"]), what=row["Vad"])
        project = Project.objects.called(row["Uppfylls av"]).first()
        if project is None:
            day, _blank, subject = row["Uppfylls av"].partition(" ")
            activity = Activity.objects.filter(day=_day(day), subject__startswith=subject).order_by("pk").first()
            if activity is None:
                raise LookupError(row["Uppfylls av"])
            PlanLink.objects.get_or_create(planitem=item, activity=activity)
        else:
            PlanLink.objects.get_or_create(planitem=item, project=project)


def load_board_documents(path):
    """Add the board's papers, to the board meeting of their day where there is one. The files lie in the folder of the others."""
    writer = User.objects.filter(username="styrelse").first()
    for row in _rows(path):
        if BoardDocument.objects.filter(title=row["Titel"]).exists():
            continue
        place = path.with_name("filer") / row["Fil"]
        meeting = Activity.objects.filter(kind=Activity.Kind.BOARD_MEETING, day=_day(row["Dag"])).first()
        with place.open("rb") as content:
            BoardDocument.objects.create(
                title=row["Titel"],
                kind=row["Typ"],
                day=_day(row["Dag"]),
                meeting=meeting,
                file=File(content, name=place.name),
                filename=place.name,
                size=place.stat().st_size,
                added_by=writer,
            )


def load_files(path):
    """Add documents, and as the picture of whom it is about what has no title. The files lie in a folder beside the list."""
    writer = User.objects.filter(username="personal").first()
    for row in _rows(path):
        about, place = _record(row["Om"]), path.with_suffix("") / row["Fil"]
        with place.open("rb") as content:
            file = File(content, name=place.name)
            if not row["Titel"] and not about.picture:
                setattr(about, about.picture_field, small_picture(file))
                about.save(update_fields=[about.picture_field])
            elif row["Titel"] and not about.documents.filter(title=row["Titel"]).exists():
                add_documents(about, [file], title=row["Titel"], acting_user=writer)


def _rows(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=";")


def _day(text):
    return datetime.date.fromisoformat(text)


def _record(name):
    """A contact by its address, an organisation, a network or a project by its name."""
    if "@" in name:
        return Contact.objects.filter(contact_points__normalised=name).distinct().get()
    found = Network.objects.filter(name=name).first() or Project.objects.called(name).first()
    return found or Organisation.objects.get(name=name)


def load_form_needs(path):
    """What companies have sent from the site; nobody has looked at it yet."""
    for row in _rows(path):
        receive_need(
            answer_id=row["Svar"],
            company_name=row["Företag"],
            company_number=row["Organisationsnummer"],
            municipality=Municipality.objects.get(name=row["Kommun"]),
            sector=row["Bransch"],
            area=row["Område"],
            level=int(row["Nivå"]) if row["Nivå"] else None,
            people=int(row["Antal"]),
            when=row["När"],
            contact_name=row["Namn"],
            contact_email=row["E-post"],
            contact_phone=row["Telefon"],
            text=row["Text"],
        )
