from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Course, SeatRequest
from crm.resources.base import Column, RegisterResource
from crm.resources.courses import course_of
from crm.resources.people import person_of
from crm.resources.projects import organisation_column
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, EmailWidget, WholeNumberWidget
from crm.services.seat_requests import settle_state


@importer
class SeatRequestResource(RegisterResource):
    kind = "seat_requests"
    title = _("Seat requests")

    course = Column("course", _("Course"), "Kurs", "Titel", required=True, related=True)
    course_since = Column("course_since", _("Course begins"), "Kursstart", widget=DayWidget(), related=True)
    organisation = organisation_column(required=False)
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    seats = Column("seats", _("Seats"), "Platser", "Antal platser", "Antal", widget=WholeNumberWidget())
    for_whom = Column("for_whom", _("For whom"), "För vem", "För vilka", "Deltagare")
    asked_on = Column("asked_on", _("Asked on"), "Datum", "Efterfrågat", widget=DayWidget())
    state = Column("state", _("State"), "Läge", "Status", "Svar", widget=ChoiceWidget(SeatRequest.State))
    answered_on = Column("answered_on", _("Answered on"), "Svarsdatum", widget=DayWidget())
    reason = Column("reason", _("Reason"), "Skäl")
    note = Column("note", _("Note"), "Anteckning")

    class Meta(RegisterResource.Meta):
        model = SeatRequest
        fields = (
            "course", "course_since", "organisation", "first_name", "last_name", "email", "seats", "for_whom", "asked_on", "state",
            "answered_on", "reason", "note",
        )  # fmt: skip

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.course_found = course_of(self.values["course"], self.values.get("course_since"))
        if self.course_found is None:
            message = gettext("There is no course called “%(value)s” that begins then. Import or add it first.")
            raise ValidationError({str(self.columns["course"].label): message % {"value": self.values["course"]}})
        # The seats of a course are given away one import, or one person, at a time.
        self.course_found = Course.objects.select_for_update().get(pk=self.course_found.pk)
        self.contact_found = person_of(self.values)
        if self.contact_found is None and "organisation" not in self.values:
            raise ValidationError(gettext("The row names neither an organisation nor a person."))

    def find(self, values):
        """What the same asked for the same ones on the same day; without a day, the newest."""
        asker = {"course": self.course_found, "organisation": values.get("organisation"), "contact": self.contact_found}
        same = {name: values[name] for name in ("asked_on", "for_whom") if name in values}
        return SeatRequest.objects.filter(**asker, **same).order_by("-asked_on", "pk").first()

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        instance.course, instance.contact = self.course_found, self.contact_found

    def save_related(self, request):
        settle_state(self.course_found)

    def related_changes(self, request):
        if request.pk:
            return []
        found = [(str(self.columns["course"].label), "", str(self.course_found))]
        return [*found, (gettext("Asking contact"), "", self.contact_found.name)] if self.contact_found else found
