from collections import defaultdict
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.plan_items import PlanItemFilterSet
from crm.models import PlanItem, PlanLink
from crm.services.bulk import among
from crm.training import FocusArea


class PlanItemChunk(Chunk):
    @cached_property
    def items(self):
        return self.load(PlanItem.objects.select_related("responsible"))

    @cached_property
    def points(self):
        return points_of("contact", {item.responsible_id for item in self.items} - {None})

    @cached_property
    def links(self):
        found = defaultdict(list)
        links = PlanLink.objects.filter(planitem__in=among(self.numbers, "bigint")).select_related("activity", "project")
        for link in links.order_by("pk"):
            found[link.planitem_id].append(str(link))
        return found


class PlanItemRow:
    __slots__ = ("chunk", "item")

    def __init__(self, chunk, item):
        self.chunk, self.item = chunk, item

    @property
    def responsible(self):
        return self.item.responsible

    @property
    def points(self):
        return self.chunk.points[self.item.responsible_id] if self.responsible else ()

    @property
    def links(self):
        return self.chunk.links[self.item.pk]


def of_item(name):
    return lambda row: getattr(row.item, name)


@exportable
class PlanItemExport(Exportable):
    kind = "plan_items"
    title = _("Activity plan")
    model = PlanItem
    filterset_class = PlanItemFilterSet
    chunk_class = PlanItemChunk
    groups = (
        Group(
            _("Item of the plan"),
            [
                Field("year", _("Operating year"), lambda row: str(row.item.year)),
                Field("focus_area", _("Focus area"), lambda row: word(FocusArea, row.item.focus_area)),
                Field("position", _("Order in the area"), of_item("position")),
                Field("why", _("Why"), of_item("why")),
                Field("what", _("What"), of_item("what")),
                Field("how", _("How"), of_item("how")),
                Field("state", _("State"), lambda row: word(PlanItem.State, row.item.state)),
                Field("target_day", _("To be done by"), of_item("target_day")),
                Field("outcome", _("Outcome"), of_item("outcome")),
            ],
        ),
        Group(
            _("Responsible"),
            [
                Field("first_name", _("First name"), lambda row: row.responsible and row.responsible.first_name),
                Field("last_name", _("Last name"), lambda row: row.responsible and row.responsible.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
            ],
        ),
        Group(
            _("What fulfils it"),
            [
                more("link_count", _("Number of activities and projects"), lambda row: len(row.links)),
                more("links", _("Activities and projects"), lambda row: "; ".join(row.links)),
            ],
        ),
    )

    def rows(self, chunk):
        return [PlanItemRow(chunk, item) for item in chunk.items]
