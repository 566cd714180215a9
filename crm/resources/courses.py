"""Courses, and the seats that others have asked for in them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Course, Organisation, Project
from crm.resources.base import Column, RegisterResource
from crm.resources.needs import GuessWidget, LevelWidget
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.projects import PROJECT_MISSING, ProjectWidget
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, LongTextWidget, RecordWidget, WholeNumberWidget, YesNoWidget
from crm.services.guesses import guess_area, guess_level
from crm.training import Area, FocusArea, Level


class FocusAreaWidget(ChoiceWidget):
    """By its label, or by its number alone."""

    def clean(self, value, row=None, **kwargs):
        text = str(value).strip()
        return int(text) if text in {str(number) for number in FocusArea.values} else super().clean(text)


@importer
class CourseResource(RegisterResource):
    kind = "courses"
    title = _("Courses")

    course_title = Column("title", _("Course"), "Kurs", "Titel", "Kursnamn", "Utbildning", "Title", required=True)
    provider = Column(
        "provider", _("Provider"), "Anordnare", "Arrangör", widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True)
    )
    state = Column("state", _("State"), "Läge", "Status", widget=ChoiceWidget(Course.State))
    course_format = Column("format", _("Format"), "Form", "Genomförande", "Format", widget=ChoiceWidget(Course.Format))
    place = Column("place", _("Place"), "Plats", "Ort")
    since = Column("since", _("From"), "Från", "Start", "Startdatum", widget=DayWidget())
    until = Column("until", _("Until"), "Till", "Slut", "Slutdatum", widget=DayWidget())
    apply_by = Column("apply_by", _("Apply by"), "Sista anmälningsdag", "Sista ansökningsdag", "Anmälan senast", widget=DayWidget())
    seats = Column("seats", _("Seats"), "Platser", "Antal platser", widget=WholeNumberWidget())
    area = Column("area", _("Area of education"), "Utbildningsområde", "Område", widget=GuessWidget(Area, guess_area))
    level = Column("level", _("SeQF level"), "SeQF-nivå", "SeQF", "Nivå", widget=LevelWidget(Level, guess_level))
    focus_area = Column("focus_area", _("Focus area"), "Fokusområde", widget=FocusAreaWidget(FocusArea))
    is_pilot = Column("is_pilot", _("Pilot"), "Pilotprojekt", "Pilot", widget=YesNoWidget())
    project = Column("project", _("Project"), "Projekt", widget=ProjectWidget(Project, PROJECT_MISSING, archived=True))
    description = Column("description", _("Description"), "Beskrivning", widget=LongTextWidget())

    class Meta(RegisterResource.Meta):
        model = Course
        fields = (
            "course_title", "provider", "state", "course_format", "place", "since", "until", "apply_by", "seats", "area", "level",
            "focus_area", "is_pilot", "project", "description",
        )  # fmt: skip

    def find(self, values):
        """A course is known by its title, its provider and the day on which it begins: it may be given again."""
        return course_of(values["course_title"], values.get("since"), values.get("provider"))


def course_of(title, since=None, provider=None):
    """Return the course of that title, or None; raise ValidationError when it is one of several."""
    found = Course.objects.filter(title=title)
    if provider:
        found = found.filter(provider=provider)
    if since:
        return found.filter(since=since).order_by("pk").first()
    several = list(found.order_by("pk")[:2])
    if len(several) > 1:
        raise ValidationError(gettext("“%(course)s” is given more than once. Give the day on which it begins.") % {"course": title})
    return several[0] if several else None
