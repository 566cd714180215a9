"""What the demo association has no spreadsheets of, and the product therefore no importer: indicators, tasks, files."""

import csv
import datetime

from django.core.files import File
from django.utils import timezone

from crm.models import Contact, Indicator, Network, Organisation, Project, Task, User
from crm.services.documents import add_documents
from crm.services.pictures import small_picture


def load_indicators(path):
    for row in _rows(path):
        values = {
            "counted": row["Räknas"],
            "target": row["Mål"],
            "needed_percent": row["Minst"] or None,
            "value": row["Uppnått"] or None,
        }
        Indicator.objects.get_or_create(project=Project.objects.called(row["Projekt"]).get(), name=row["Vad"], defaults=values)


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
