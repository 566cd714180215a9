"""What the list of organisations can show and be grouped by."""

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Affiliation, Fee, Membership, Municipality, Organisation
from crm.viewsets.contact_columns import last_changed, last_met
from crm.viewsets.list_columns import (
    LICENCES,
    NETWORKS,
    TAGS,
    DayColumn,
    LinkColumn,
    ListColumn,
    NumberColumn,
    current_partnerships,
    projects_column,
)
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping, SubregionGrouping, yes_or_no
from crm.viewsets.memberships import latest_fee


def member_since(day):
    held = Membership.objects.held_on(day or timezone.localdate()).filter(organisation=OuterRef("pk"))
    return Subquery(held.order_by("since").values("since")[:1])


def people_count(day):
    held = Affiliation.objects.held_by_active_contacts(day).filter(organisation=OuterRef("pk")).order_by()
    return Coalesce(Subquery(held.values("organisation").annotate(people=Count("contact", distinct=True)).values("people")), 0)


def memberships_with_fees(day):
    fees = Fee.objects.begun_by(day) if day else Fee.objects.all()
    held = Membership.objects.held_on(day or timezone.localdate()).prefetch_related(Prefetch("fees", fees))
    return Prefetch("memberships", held, to_attr="held_memberships")


class FeeColumn(ListColumn):
    """Where the newest fee stands, of an organisation that is a member on the day of the list."""

    def get_value(self, instance):
        return latest_fee(instance.held_memberships[0], None) if instance.held_memberships else ""


def is_member(day):
    held = Membership.objects.held_on(day or timezone.localdate()).values("organisation")
    return yes_or_no(Q(pk__in=held))


ORGANISATION_COLUMNS = [
    DayColumn("member_since", label=_("Member since"), annotation=member_since, sort_key="member_since"),
    FeeColumn("fee", label=_("Latest fee"), prefetch=memberships_with_fees),
    NumberColumn("people", label=_("People"), annotation=people_count, sort_key="people", has_total=True),
    LinkColumn("website", label=_("Web site")),
    ListColumn("number", label=_("Organisation number"), accessor="organisation_number", sort_key="organisation_number"),
    NETWORKS,
    LICENCES,
    projects_column(current_partnerships),
    TAGS,
    DayColumn("last_activity", label=_("Last activity"), annotation=last_met("organisation"), sort_key="last_activity"),
    DayColumn("changed", label=_("Changed"), annotation=last_changed("organisation")),
    ListColumn("quick_facts", label=_("Quick facts")),
]

ORGANISATION_GROUPINGS = [
    ChoiceGrouping("kind", _("Kind"), Organisation.Kind.choices, "kind"),
    SubregionGrouping("subregion", _("Sub-region"), "municipality__subregion"),
    RecordGrouping("municipality", _("Municipality"), Municipality, "municipality", "municipality__sort_key"),
    RecordGrouping("parent", _("Belongs to"), Organisation, "parent", "parent__sort_key"),
    ChoiceGrouping("member", _("Membership"), [("yes", _("Members")), ("no", _("Not members"))], is_member),
]
