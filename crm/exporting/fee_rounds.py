"""Fee rounds: a row for each rule."""

from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.models import FeeRound, Membership


class RoundRow:
    """A rule of a round; a round without any has a row, too."""

    __slots__ = ("fee_round", "rule")

    def __init__(self, fee_round, rule):
        self.fee_round, self.rule = fee_round, rule

    @property
    def number(self):
        return self.fee_round.pk


@exportable
class FeeRoundExport(Exportable):
    kind = "fee_rounds"
    title = _("Fee rounds")
    model = FeeRound
    rows_note = _("A fee round has a row for each rule.")
    groups = (
        Group(
            _("Fee round"),
            [
                Field("year", _("Operating year"), lambda row: str(row.fee_round.year)),
                Field("invoiced_on", _("Invoiced"), lambda row: row.fee_round.invoiced_on),
                Field("due_on", _("Due"), lambda row: row.fee_round.due_on),
                Field("kind", _("Kind of membership"), lambda row: row.rule and word(Membership.Kind, row.rule.kind)),
                Field("from_population", _("From so many inhabitants"), lambda row: row.rule and row.rule.from_population),
                Field("amount", _("Fee (SEK)"), lambda row: row.rule and row.rule.amount),
                Field("note", _("Note"), lambda row: row.fee_round.note),
            ],
        ),
    )

    def rows(self, chunk):
        rounds = chunk.load(FeeRound.objects.prefetch_related("rules"))
        return [RoundRow(one, rule) for one in rounds for rule in one.rules.all() or [None]]
