"""The members as the public may see them: what the register has cleared for publishing, and nothing else."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from crm.models import Affiliation, ContactPoint, Organisation
from crm.text import fold, search_words, swedish_sort_key


@dataclass(frozen=True)
class Person:
    name: str
    role: str


@dataclass(frozen=True)
class Unit:
    """A member or one of its learning centres."""

    name: str
    website: str
    points: list  # the unit's own addresses and numbers; never those of a person
    people: list

    @property
    def site_label(self):
        """The address of the web site as people read it: "skovde.example"."""
        return self.website.split("://")[-1].removeprefix("www.").rstrip("/")


@dataclass(frozen=True)
class Member(Unit):
    municipality: str
    subregion: str
    centres: list

    @property
    def searched_text(self):
        units = [self, *self.centres]
        people = [f"{person.name} {person.role}" for unit in units for person in unit.people]
        return fold(" ".join([self.municipality, self.subregion, *(unit.name for unit in units), *people]))


def find_members(query=""):
    """Return the members that contain every word of the query, in the order in which the page groups them.

    What is searched is what is shown: nobody is found by a name or an address that has not been cleared.
    """
    members = [_as_member(organisation) for organisation in _published_organisations()]
    words = search_words(query)
    found = [member for member in members if all(word in member.searched_text for word in words)]
    return sorted(found, key=lambda member: (not member.subregion, swedish_sort_key(member.subregion or _("Other members"))))


def _published_organisations():
    """Members with everything the page shows, in a fixed number of queries."""
    people = Affiliation.objects.current().filter(is_public=True, contact__archived_at=None).select_related("contact", "role")
    shown = (
        Prefetch("affiliations", people.order_by("contact__sort_key", "pk"), to_attr="public_affiliations"),
        Prefetch("contact_points", ContactPoint.objects.usable(), to_attr="usable_points"),
    )
    centres = Organisation.objects.active().filter(kind=Organisation.Kind.LEARNING_CENTRE).prefetch_related(*shown)
    members = Organisation.objects.members().select_related("municipality")
    return members.prefetch_related(*shown, Prefetch("children", centres, to_attr="centres"))


def _as_member(organisation):
    municipality = organisation.municipality
    return Member(
        **_unit_fields(organisation),
        municipality=municipality.name if municipality else "",
        subregion=municipality.subregion if municipality else "",
        centres=[Unit(**_unit_fields(centre)) for centre in organisation.centres],
    )


def _unit_fields(organisation):
    return {
        "name": organisation.name,
        "website": organisation.website,
        "points": organisation.usable_points,
        "people": _people(organisation.public_affiliations),
    }


def _people(affiliations):
    """Each person once, with all that they do there."""
    labels = {}
    for affiliation in affiliations:
        labels.setdefault(affiliation.contact, []).append(affiliation.label)
    return [Person(contact.name, ", ".join(filter(None, dict.fromkeys(theirs)))) for contact, theirs in labels.items()]
