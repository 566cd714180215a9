"""What organisations are to one another, on their pages: now, before, and since when."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from crm.models import Organisation, Relationship
from crm.services.record_sections import SHOWN, now_and_before
from crm.services.records import Section, register_section
from crm.services.timeline import register_stream
from crm.services.timeline_streams import DatedStream


@dataclass
class Relation:
    """A relation seen from one of the two."""

    words: str
    other: Organisation
    since: date | None
    until: date | None
    note: str
    pk: int

    @classmethod
    def of(cls, one, organisation):
        words, other = one.seen_from(organisation)
        return cls(words, other, one.since, one.until, one.note, one.pk)


@register_section(of=("organisation",))
def relationships(about):
    if not about.may_view(Relationship):
        return None
    found = Relationship.objects.of(about.record).newest_first().select_related("organisation", "other")
    relations = [Relation.of(one, about.record) for one in found[: SHOWN + 1]]
    now, before = now_and_before(relations, about.today)
    now.sort(key=lambda one: (str(one.words), one.other.sort_key))
    may_add = about.user.has_perm("crm.add_relationship") and not about.record.is_archived
    if not relations and not may_add:
        return None
    values = {
        "now": now,
        "before": before,
        "are_more": len(relations) > SHOWN,
        "may_change": about.user.has_perm("crm.change_relationship"),
        "may_add": may_add,
    }
    return Section("relations", _("Relations"), "link", 29, "admin/register/record_relationships.html", values, count=len(now))


class RelationshipStream(DatedStream):
    of = ("organisation",)
    icon = "link"

    def is_for(self, about):
        return about.may_view(Relationship)

    def dated(self, about):
        return Relationship.objects.of(about.record).select_related("organisation", "other")

    def sentence(self, about, one):
        words, other = one.seen_from(about.record)
        return self.told() % {"relation": f"{words} {other}"}

    def reason(self, one):
        return one.note


@register_stream
class RelationshipBegins(RelationshipStream):
    key, moment = "relationship-begins", "since"

    def told(self):
        return _("Began: %(relation)s")


@register_stream
class RelationshipEnds(RelationshipStream):
    key, moment = "relationship-ends", "until"

    def told(self):
        return _("Ended: %(relation)s")
