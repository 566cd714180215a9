"""What organisations are to one another: one row for each relation."""

from django.utils.translation import gettext_lazy as _

from crm.models import Organisation, Relationship
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, RecordWidget


@importer
class RelationshipResource(RegisterResource):
    kind = "relationships"
    title = _("Relations")

    organisation = Column(
        "organisation", _("Organisation"), widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True), required=True
    )
    relationship_kind = Column("kind", _("Kind of relation"), "Relation", "Typ", widget=ChoiceWidget(Relationship.Kind), required=True)
    other = Column(
        "other",
        _("Other organisation"),
        "Andra organisationen",
        "Motpart",
        widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True),
        required=True,
    )
    since = Column("since", _("From"), "Från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", widget=DayWidget())
    note = Column("note", _("Note"), "Anteckning")
    source = Column("source", _("Source"), "Källa")

    class Meta(RegisterResource.Meta):
        model = Relationship
        fields = ("organisation", "relationship_kind", "other", "since", "until", "note", "source")

    def find(self, values):
        """The relation that began the day the row says; the one that is there when it says none. A mutual one is found from either side."""
        told = Relationship.objects.filter(kind=values["relationship_kind"])
        one, other = values["organisation"], values["other"]
        found = told.filter(organisation=one, other=other)
        if not found.exists() and values["relationship_kind"] in Relationship.MUTUAL:
            found = told.filter(organisation=other, other=one)
            if found.exists():
                self.values = {**values, "organisation": other, "other": one}
        found = found.newest_first()
        return found.filter(since=values["since"]).first() if "since" in values else found.first()
