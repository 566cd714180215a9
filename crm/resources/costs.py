"""What projects have used of their budgets, one row for each cost."""

from django.utils.translation import gettext_lazy as _

from crm.models import Cost
from crm.resources.base import Column, RegisterResource
from crm.resources.projects import project_column
from crm.resources.registry import importer
from crm.resources.widgets import DayWidget, MoneyWidget


@importer
class CostResource(RegisterResource):
    kind = "project_costs"
    title = _("Costs of projects")

    project = project_column()
    day = Column("day", _("Day"), "Datum", "Bokföringsdag", "Bokföringsdatum", widget=DayWidget(), required=True)
    what = Column("what", _("What for"), "Vad", "Text", "Kostnad", required=True)
    amount = Column("amount", _("Amount (SEK)"), "Belopp", "Summa", widget=MoneyWidget(), required=True)
    voucher = Column("voucher", _("Voucher"), "Verifikation", "Verifikationsnummer", "Ver.nr")
    reported_on = Column("reported_on", _("Reported to the funder"), "Redovisad", "Rekvirerad", widget=DayWidget())

    class Meta(RegisterResource.Meta):
        model = Cost
        fields = ("project", "day", "what", "amount", "voucher", "reported_on")

    def find(self, values):
        """By its voucher; without one, by the day and what it was for."""
        of_project = Cost.objects.filter(project=values["project"])
        if "voucher" in values:
            return of_project.filter(voucher=values["voucher"]).first()
        return of_project.filter(voucher="", day=values["day"], what=values["what"]).first()
