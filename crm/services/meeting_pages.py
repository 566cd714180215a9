"""The page of a meeting: who is called and who came, what was mailed, minutes, and what is to be done."""

from django.db.models import Count
from django.utils.translation import gettext as _

from crm.models import Contact, MeetingMail, Participation
from crm.services.meetings import numbers_of
from crm.services.records import Section, register_section

_How = Participation.How
ORDER = [_How.ATTENDED, _How.REGISTERED, _How.INVITED, _How.DECLINED, _How.STAYED_AWAY]
OPEN = (MeetingMail.State.FAILED, MeetingMail.State.UNKNOWN)


@register_section(of=("activity",))
def participants(about):
    listed = list(about.record.participations.select_related("contact", "organisation"))
    listed.sort(key=lambda one: (ORDER.index(one.how), (one.contact or one.organisation).sort_key))
    groups = [(how.label, [one for one in listed if one.how == how]) for how in ORDER]
    values = {
        "groups": [(label, several) for label, several in groups if several],
        "numbers": numbers_of([about.record])[about.record.pk],
        "may_view_people": about.may_view(Contact),
    }
    return Section("participants", _("Who is called and who came"), "group", 20, "admin/register/meeting_list.html", values, len(listed))


@register_section(of=("activity",))
def minutes(about):
    values = {"sent": about.record.mailings.filter(kind="minutes").order_by("-pk").first()}
    return Section("minutes", _("Meeting notes"), "edit", 30, "admin/register/meeting_minutes.html", values)


@register_section(of=("activity",))
def mailings(about):
    """What was mailed about it and to whom, as long as somebody may see whom."""
    if not about.may_view(Contact):
        return None
    found = list(about.record.mailings.select_related("created_by").order_by("-pk"))
    if not found:
        return None
    counted = MeetingMail.objects.filter(mailing__in=found).order_by().values_list("mailing", "state").annotate(number=Count("pk"))
    troubled = MeetingMail.objects.filter(mailing__in=found, state__in=[*OPEN, MeetingMail.State.SKIPPED])
    rows = [
        {
            "mailing": mailing,
            "states": [(MeetingMail.State(state).label, number) for number_of, state, number in counted if number_of == mailing.pk],
            "troubled": [mail for mail in troubled if mail.mailing_id == mailing.pk],
            "may_be_repeated": any(mail.mailing_id == mailing.pk and mail.state in OPEN for mail in troubled),
        }
        for mailing in found
    ]
    return Section("mailings", _("What was mailed"), "mail", 50, "admin/register/meeting_mailings.html", {"rows": rows}, len(found))
