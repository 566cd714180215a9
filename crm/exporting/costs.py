from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group, more
from crm.exporting.registry import exportable
from crm.filters.costs import CostFilterSet
from crm.models import Cost


@exportable
class CostExport(Exportable):
    kind = "project_costs"
    title = _("Costs of projects")
    model = Cost
    filterset_class = CostFilterSet
    groups = (
        Group(
            _("Cost"),
            [
                Field("project", _("Project"), lambda cost: cost.project.name),
                Field("day", _("Day"), lambda cost: cost.day),
                Field("what", _("What for"), lambda cost: cost.what),
                Field("amount", _("Amount (SEK)"), lambda cost: cost.amount),
                Field("voucher", _("Voucher"), lambda cost: cost.voucher),
                Field("reported_on", _("Reported to the funder"), lambda cost: cost.reported_on),
                more("running_total", _("Used so far (SEK)"), lambda cost: cost.used_so_far),
                more("document", _("Evidence"), lambda cost: cost.document and cost.document.title),
            ],
        ),
    )

    def rows(self, chunk):
        return chunk.load(Cost.objects.select_related("project", "document").annotate(used_so_far=Cost.running_total()))
