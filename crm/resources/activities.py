"""Activities and who took part in them: one row for each who did, and one for an activity that names nobody.

Rows mean the same activity when they give the same key. Without keys they do when they agree on day and subject, and kind, time,
network and project don't contradict each other.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Network, Organisation, Participation, Project
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.people import person_of
from crm.resources.projects import PROJECT_MISSING, ProjectWidget
from crm.resources.registry import importer
from crm.resources.widgets import (
    ChoiceWidget,
    DayWidget,
    EmailWidget,
    LongTextWidget,
    RecordWidget,
    TimeWidget,
    WholeNumberWidget,
)

NETWORK_MISSING = _("There is no network called “%(value)s”. Import or add it first.")
# What tells activities of one day and subject apart, where both say it: {column: attribute}.
_TELL_APART = {"activity_kind": "kind", "starts_at": "starts_at", "network": "network", "project": "project"}


@importer
class ActivityResource(RegisterResource):
    kind = "activities"
    title = _("Activities")

    key = Column("key", _("Key"), "Nyckel", "Id")
    day = Column("day", _("Day"), "Dag", "Datum", widget=DayWidget(), required=True)
    activity_kind = Column("kind", _("Kind"), "Typ", "Slag", widget=ChoiceWidget(Activity.Kind), required=True)
    subject = Column("subject", _("Subject"), "Rubrik", "Ämne")
    scope = Column("scope", _("Scope"), "Räckvidd", widget=ChoiceWidget(Activity.Scope))
    direction = Column("direction", _("Direction"), "Riktning", widget=ChoiceWidget(Activity.Direction))
    conference = Column("conference", _("Which conference"), "Konferens", widget=ChoiceWidget(Activity.Conference))
    starts_at = Column("starts_at", _("Time"), "Tid", "Klockan", widget=TimeWidget())
    minutes = Column("minutes", _("Minutes"), "Minuter", widget=WholeNumberWidget())
    place = Column("place", _("Place"), "Plats")
    text = Column("text", _("What was said"), "Vad som sades", "Anteckning", widget=LongTextWidget())
    network = Column("network", _("Network"), "Nätverk", widget=RecordWidget(Network, NETWORK_MISSING, archived=True))
    project = Column("project", _("Project"), "Projekt", widget=ProjectWidget(Project, PROJECT_MISSING, archived=True))
    head_count = Column("head_count", _("Number of people"), "Antal personer", "Antal", widget=WholeNumberWidget())
    cancelled_on = Column("cancelled_on", _("Cancelled on"), "Inställd", "Inställd den", widget=DayWidget())
    cancel_reason = Column("cancel_reason", _("Why it was cancelled"), "Varför den ställdes in")
    organisation = Column(
        "organisation", _("Organisation"), "Företag", widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True), related=True
    )
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    how = Column("how", _("How"), "Hur", "Deltog", widget=ChoiceWidget(Participation.How), related=True)
    archived_on = Column("archived_on", _("Archived"), "Arkiverad", widget=DayWidget(), related=True)

    class Meta(RegisterResource.Meta):
        model = Activity
        fields = (
            "key", "day", "activity_kind", "subject", "scope", "direction", "conference", "starts_at", "minutes", "place", "text",
            "network", "project", "head_count", "cancelled_on", "cancel_reason",
            "organisation", "first_name", "last_name", "email", "how", "archived_on",
        )  # fmt: skip

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.contact_found = person_of(self.values, archived=True)
        if "how" in self.values and not self.names_somebody:
            raise ValidationError({str(self.columns["how"].label): gettext("is given, but the row does not say who.")})

    def subject_of(self, values):
        """What an activity is called in a file that has no subjects: whom it was with, or its kind."""
        return values["organisation"].name if "organisation" in values else str(Activity.Kind(values["activity_kind"]).label)

    @property
    def names_somebody(self):
        return self.contact_found is not None or "organisation" in self.values

    # Which activity

    def find(self, values):
        if "key" in values and (found := Activity.objects.filter(key=values["key"]).first()):
            return found
        values.setdefault("subject", self.subject_of(values))
        return None if "key" in values else self.find_without_key(values)

    def find_without_key(self, values):
        alike = Activity.objects.filter(day=values["day"], subject=values["subject"])
        given = {attribute: values[name] for name, attribute in _TELL_APART.items() if name in values}
        exact = list(alike.filter(**given)[:2])
        for name, value in given.items():
            alike = alike.filter(Q(**{name: value}) if name == "kind" else Q(**{name: value}) | Q(**{name: None}))
        found = exact or list(alike[:2])
        if len(found) > 1:
            raise ValidationError(
                gettext("There is more than one “%(subject)s” on that day. Give the key that an export writes.") % {"subject": found[0]}
            )
        return found[0] if found else None

    # Who took part

    def participation_of(self, activity):
        """Return the participation that the row speaks of, or None for a new one."""
        if not activity.pk:
            return None
        organisation = self.values.get("organisation")
        there = activity.participations.filter(contact=self.contact_found)
        if self.contact_found is None:
            return there.filter(organisation=organisation).first()
        exact = there.filter(organisation=organisation).first()
        # A person who is there already for nobody, or of whom the row does not say for whom.
        return exact or (there.filter(organisation=None) if organisation else there).first()

    def related_changes(self, activity):
        changes = []
        self.participation = self.participation_of(activity) if self.names_somebody else None
        if self.names_somebody:
            changes += self.changes_of(self.participation)
        if "archived_on" in self.values and not activity.is_archived:
            changes.append((str(self.columns["archived_on"].label), "", self.values["archived_on"].isoformat()))
        return changes

    def changes_of(self, one):
        who = str(Participation(contact=self.contact_found, organisation=self.values.get("organisation")))
        if one is None:
            return [(gettext("Who took part"), "", who)]
        changes = []
        if "organisation" in self.values and one.organisation is None:
            changes.append((gettext("Who took part"), str(one), who))
        if one.how != self.values.get("how", one.how):
            how = Participation.How(self.values["how"]).label
            changes.append((f"{one}: {self.columns['how'].label}", one.get_how_display(), str(how)))
        return changes

    def save_related(self, activity):
        if self.names_somebody:
            one = self.participation or Participation(activity=activity, contact=self.contact_found)
            one.organisation = self.values.get("organisation") or one.organisation
            one.how = self.values.get("how", one.how)
            one.save()
        if "archived_on" in self.values and not activity.is_archived:
            noon = datetime.datetime.combine(self.values["archived_on"], datetime.time(12))
            activity.archived_at = timezone.make_aware(noon)
            activity.save(update_fields=["archived_at"])

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        instance.clean_fields(exclude=["network", "project"])
        instance.clean()
