"""Meetings of the demo association in these months: held, with who came and what was agreed on, and one to come."""

import csv
import datetime
import uuid

from django.utils import timezone

from crm.models import Activity, MeetingMail, MeetingMailing, Network, Participation, User
from crm.services.attendance import set_unnamed
from crm.services.invitations import guests_of, roles_of_people_at
from crm.services.meeting_mails import write_mailing
from crm.services.tasks import add_task


def load_meetings(path):
    """Write down meetings of these months: those that have been with who came, one to come with who was called and has answered.

    Their days are counted from the day of the first load. Nobody gets a mail of it.
    """
    writer = User.objects.filter(username="personal").first()
    for row in rows_of(path):
        if Activity.objects.filter(key=row["Nyckel"]).exists():
            continue
        network, day = Network.objects.get(name=row["Nätverk"]), timezone.localdate() + datetime.timedelta(days=int(row["Dagar"]))
        guests = [guest for guest in guests_of(network, day, roles=roles_of_people_at(network, day)) if not guest.reason]
        activity = Activity.objects.create(
            key=row["Nyckel"],
            kind=Activity.Kind.MEETING,
            network=network,
            day=day,
            starts_at=datetime.time.fromisoformat(row["Tid"]),
            minutes=row["Minuter"],
            subject=row["Rubrik"],
            place=row["Plats"],
            text=row["Anteckningar"],
            created_by=writer,
        )
        absent = sorted({guest.organisation for guest in guests if guest.organisation}, key=lambda one: one.sort_key)[::5]
        for number, guest in enumerate(guests):
            how = _answer(number) if activity.day > timezone.localdate() else _attendance(number, day, guest.organisation in absent)
            Participation.objects.create(activity=activity, contact=guest.contact, organisation=guest.organisation, how=how)
        if row["Utan namn"] != "0":
            set_unnamed(activity, int(row["Utan namn"]), acting_user=writer)
        if row["Bestämt"]:
            due = day + datetime.timedelta(days=21)
            add_task(what=row["Bestämt"], due=due, assignee=writer, network=network, activity=activity, acting_user=writer)
        _note_as_mailed(activity, guests, writer)


def _attendance(number, day, is_absent):
    """Nobody comes from every fifth organisation; of the others one in three stays away, each time others."""
    came = not is_absent and (number + day.toordinal()) % 3
    return Participation.How.ATTENDED if came else Participation.How.STAYED_AWAY


def _answer(number):
    how = Participation.How
    return [how.REGISTERED, how.INVITED, how.REGISTERED, how.DECLINED][number % 4]


def _note_as_mailed(activity, guests, writer):
    recipients = [(guest.contact, guest.email, guest.normalised) for guest in guests]
    mailing = write_mailing(activity, MeetingMailing.Kind.INVITATION, recipients, key=uuid.uuid4(), sequence=0, acting_user=writer)
    sent_at = timezone.now() - datetime.timedelta(days=1)
    mailing.mails.update(state=MeetingMail.State.SENT, sent_at=sent_at)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=";")
