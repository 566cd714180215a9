"""The activity plan: one row for each item; what fulfils it is linked on its page."""

from django.utils.translation import gettext_lazy as _

from crm.models import PlanItem
from crm.resources.base import Column, RegisterResource
from crm.resources.people import person_of
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, EmailWidget, LongTextWidget, OperatingYearWidget, WholeNumberWidget
from crm.training import FocusArea


class FocusAreaWidget(ChoiceWidget):
    """A focus area by its name, with its number or without, or by the number alone."""

    def clean(self, value, row=None, **kwargs):
        number = str(value).strip().split(" ")[0].rstrip(".")
        if number in {str(one) for one in FocusArea.values}:
            return int(number)
        return int(super().clean(value))


@importer
class PlanItemResource(RegisterResource):
    kind = "plan_items"
    title = _("Activity plan")

    year = Column("year", _("Operating year"), "Verksamhetsår", "År", widget=OperatingYearWidget(), required=True)
    focus_area = Column("focus_area", _("Focus area"), "Fokusområde", widget=FocusAreaWidget(FocusArea), required=True)
    what = Column("what", _("What"), "Vad", required=True)
    why = Column("why", _("Why"), "Varför", widget=LongTextWidget())
    how = Column("how", _("How"), "Hur", widget=LongTextWidget())
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    state = Column("state", _("State"), "Läge", "Status", widget=ChoiceWidget(PlanItem.State))
    target_day = Column("target_day", _("To be done by"), "Klart senast", widget=DayWidget())
    outcome = Column("outcome", _("Outcome"), "Resultat", widget=LongTextWidget())
    position = Column("position", _("Order in the area"), "Ordning", widget=WholeNumberWidget())

    class Meta(RegisterResource.Meta):
        model = PlanItem
        fields = (
            "year", "focus_area", "what", "why", "how", "first_name", "last_name", "email", "state", "target_day", "outcome", "position",
        )  # fmt: skip

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.responsible_found = person_of(self.values)

    def find(self, values):
        return PlanItem.objects.filter(year=values["year"], focus_area=values["focus_area"], what=values["what"]).first()

    def related_changes(self, item):
        before, now = (item.responsible if item.pk else None), self.responsible_found or item.responsible
        label = PlanItem._meta.get_field("responsible").verbose_name
        return [(str(label), str(before or ""), str(now or ""))] if str(before or "") != str(now or "") else []

    def before_save_instance(self, instance, row, **kwargs):
        if self.responsible_found:
            instance.responsible = self.responsible_found
