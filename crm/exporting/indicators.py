from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group, more
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.evidence import EvidenceFilterSet
from crm.models import Evidence, Indicator


@exportable
class IndicatorExport(Exportable):
    kind = "project_indicators"
    title = _("Indicators of projects")
    model = Indicator
    groups = (
        Group(
            _("Indicator"),
            [
                Field("project", _("Project"), lambda indicator: indicator.project.name),
                Field("name", _("What is to be reached"), lambda indicator: indicator.name),
                Field("counted", _("What is counted"), lambda indicator: word(Indicator.Counted, indicator.counted)),
                Field("target", _("Target"), lambda indicator: indicator.target),
                Field("needed_percent", _("At least (%)"), lambda indicator: indicator.needed_percent),
                Field("value", _("Reached"), lambda indicator: indicator.value),
            ],
        ),
    )

    def rows(self, chunk):
        return chunk.load(Indicator.objects.select_related("project"))


@exportable
class EvidenceExport(Exportable):
    kind = "project_evidence"
    title = _("Evidence and values of indicators")
    model = Evidence
    filterset_class = EvidenceFilterSet
    groups = (
        Group(
            _("Evidence"),
            [
                Field("project", _("Project"), lambda one: one.project.name),
                Field("indicator", _("Indicator"), lambda one: one.indicator and one.indicator.name),
                Field("day", _("Day"), lambda one: one.day),
                Field("value", _("Reached"), lambda one: one.value),
                Field("what", _("What shows it"), lambda one: one.what),
                Field("link", _("Link"), lambda one: one.link),
                more("activity", _("Activity"), lambda one: one.activity and str(one.activity)),
                more("document", _("Document of the project"), lambda one: one.document and one.document.title),
                more("added_by", _("Added by"), lambda one: one.added_by and str(one.added_by)),
            ],
        ),
    )

    def rows(self, chunk):
        return chunk.load(Evidence.objects.select_related("project", "indicator", "activity", "document", "added_by"))
