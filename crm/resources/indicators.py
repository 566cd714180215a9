"""What projects have promised, one row for each indicator; and in a file of its own what shows it, with values by day."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Evidence, Indicator
from crm.resources.base import Column, RegisterResource
from crm.resources.projects import project_column
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, WholeNumberWidget


@importer
class IndicatorResource(RegisterResource):
    kind = "project_indicators"
    title = _("Indicators of projects")

    project = project_column()
    name = Column("name", _("What is to be reached"), "Vad", "Indikator", required=True)
    counted = Column("counted", _("What is counted"), "Räknas", widget=ChoiceWidget(Indicator.Counted))
    target = Column("target", _("Target"), "Mål", widget=WholeNumberWidget())
    needed_percent = Column("needed_percent", _("At least (%)"), "Minst", widget=WholeNumberWidget())
    value = Column("value", _("Reached"), "Uppnått", widget=WholeNumberWidget())

    class Meta(RegisterResource.Meta):
        model = Indicator
        fields = ("project", "name", "counted", "target", "needed_percent", "value")

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        if "target" not in self.values and self.find(self.values) is None:
            raise ValidationError({str(self.columns["target"].label): gettext("is missing.")})

    def find(self, values):
        return Indicator.objects.filter(project=values["project"], name=values["name"]).first()


@importer
class EvidenceResource(RegisterResource):
    kind = "project_evidence"
    title = _("Evidence and values of indicators")

    project = project_column()
    indicator = Column("indicator", _("Indicator"), "Vad", required=True, related=True)
    day = Column("day", _("Day"), "Datum", widget=DayWidget(), required=True)
    value = Column("value", _("Reached"), "Uppnått", "Värde", widget=WholeNumberWidget())
    what = Column("what", _("What shows it"), "Underlag", required=True)
    link = Column("link", _("Link"), "Länk")

    class Meta(RegisterResource.Meta):
        model = Evidence
        fields = ("project", "indicator", "day", "value", "what", "link")

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.indicator_found = Indicator.objects.filter(project=self.values["project"], name=self.values["indicator"]).first()
        if self.indicator_found is None:
            words = {"project": self.values["project"], "name": self.values["indicator"]}
            raise ValidationError(gettext("The project %(project)s has no indicator called “%(name)s”.") % words)

    def find(self, values):
        return Evidence.objects.filter(indicator=self.indicator_found, day=values["day"], what=values["what"]).first()

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        instance.indicator = self.indicator_found
