from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group, more
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.relationships import RelationshipFilterSet
from crm.models import Organisation, Relationship


def of_side(side, name, label, value):
    return more(f"{side}_{name}", label, lambda relation: value(getattr(relation, side)))


def kind_of(organisation):
    return word(Organisation.Kind, organisation.kind)


def municipality_of(organisation):
    return organisation.municipality and organisation.municipality.name


@exportable
class RelationshipExport(Exportable):
    kind = "relationships"
    title = _("Relations")
    model = Relationship
    filterset_class = RelationshipFilterSet
    groups = (
        Group(
            _("Relation"),
            [
                Field("organisation", _("Organisation"), lambda relation: relation.organisation.name),
                Field("relationship_kind", _("Kind of relation"), lambda relation: word(Relationship.Kind, relation.kind)),
                Field("other", _("Other organisation"), lambda relation: relation.other.name),
                Field("since", _("From"), lambda relation: relation.since),
                Field("until", _("Until"), lambda relation: relation.until),
                Field("note", _("Note"), lambda relation: relation.note),
                more("source", _("Source"), lambda relation: relation.source),
            ],
        ),
        Group(
            _("The two organisations"),
            [
                of_side("organisation", "kind", _("Kind of organisation"), kind_of),
                of_side("organisation", "municipality", _("Municipality"), municipality_of),
                of_side("other", "kind", _("Kind of the other organisation"), kind_of),
                of_side("other", "municipality", _("Municipality of the other organisation"), municipality_of),
            ],
        ),
    )

    def rows(self, chunk):
        return chunk.load(Relationship.objects.select_related("organisation__municipality", "other__municipality"))
