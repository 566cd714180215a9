"""What the list of contacts can show beyond roles and addresses, and what its rows can be grouped by."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.filters.held_roles import at_organisation_or_above
from crm.models import Affiliation, Change, Contact, Membership, Municipality, Organisation, Participation, Role
from crm.services.ages import oldest_confirmation
from crm.viewsets.columns import AgeColumn
from crm.viewsets.list_columns import (
    LICENCES,
    NETWORKS,
    TAGS,
    DayColumn,
    ListColumn,
    YesColumn,
    current_affiliations,
    current_project_roles,
    joined,
    projects_column,
)
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping, SubregionGrouping, yes_or_no


def of_first_role(field):
    """Return a function of the day and of conditions: a field of the first role of a contact on that day which meets them."""

    def annotation(day, *conditions):
        held = Affiliation.objects.on(day or timezone.localdate()).filter(*conditions).newest_first().filter(contact=OuterRef("pk"))
        return Subquery(held.values(field)[:1])

    return annotation


def is_at_member(day):
    day = day or timezone.localdate()
    members = Membership.objects.held_on(day).values("organisation")
    return Exists(Affiliation.objects.on(day).filter(at_organisation_or_above(pk__in=members), contact=OuterRef("pk")))


def last_met(owner):
    """Return a function of the day: when a contact or an organisation last took part in something, by then."""

    def annotation(day):
        attended = Participation.objects.filter(
            Q(**{owner: OuterRef("pk")}),
            how=Participation.How.ATTENDED,
            activity__archived_at=None,
            activity__day__lte=day or timezone.localdate(),
        )
        return Subquery(attended.order_by("-activity__day").values("activity__day")[:1])

    return annotation


def last_changed(owner):
    """Return a function of the day: when the ledger last saw a change of a record or of what belongs to it."""

    def annotation(day):
        changes = Change.objects.filter(**{f"{owner}_id": OuterRef("pk")}).order_by("-pk")
        return Subquery(changes.values("change_set__at")[:1])

    return annotation


CONTACT_COLUMNS = [
    ListColumn(
        "organisation",
        label=_("Organisation"),
        accessor=lambda contact: joined(one.organisation for one in contact.current_affiliations),
        prefetch=current_affiliations,
        annotation=of_first_role("organisation__sort_key"),
        sort_key="organisation",
    ),
    ListColumn(
        "municipality",
        label=_("Municipality"),
        accessor=lambda contact: joined(one.organisation.municipality for one in contact.current_affiliations),
        prefetch=current_affiliations,
        annotation=of_first_role("organisation__municipality__sort_key"),
        sort_key="municipality",
    ),
    YesColumn("member", label=_("At a member"), annotation=is_at_member),
    NETWORKS,
    LICENCES,
    projects_column(current_project_roles),
    TAGS,
    DayColumn("last_activity", label=_("Last activity"), annotation=last_met("contact"), sort_key="last_activity"),
    AgeColumn("data_age", label=_("Age of data"), annotation=oldest_confirmation, sort_key="data_age"),
    DayColumn("created", label=_("Created"), accessor="created_at", sort_key="created_at"),
    DayColumn("changed", label=_("Changed"), annotation=last_changed("contact")),
    ListColumn("source", label=_("Source"), sort_key="source"),
    ListColumn("language", label=_("Language"), accessor="get_language_display", sort_key="language"),
    ListColumn("quick_facts", label=_("Quick facts")),
]

CONTACT_GROUPINGS = [
    RecordGrouping("role", _("Role"), Role, of_first_role("role"), of_first_role("role__sort_key")),
    ChoiceGrouping("kind", _("Kind of organisation"), Organisation.Kind.choices, of_first_role("organisation__kind")),
    SubregionGrouping("subregion", _("Sub-region"), of_first_role("organisation__municipality__subregion")),
    RecordGrouping(
        "municipality",
        _("Municipality"),
        Municipality,
        of_first_role("organisation__municipality"),
        of_first_role("organisation__municipality__sort_key"),
    ),
    RecordGrouping("organisation", _("Organisation"), Organisation, of_first_role("organisation"), of_first_role("organisation__sort_key")),
    ChoiceGrouping(
        "member",
        _("Membership"),
        [("yes", _("At a member")), ("no", _("Not at a member"))],
        lambda day, *_asked: yes_or_no(is_at_member(day)),
    ),
    ChoiceGrouping("language", _("Language"), Contact.Language.choices, "language"),
]
