"""What the page of a record is made of, whatever it is: a contact, a network, a meeting. An app above registers sections of its own."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils import timezone

from crm.models import Activity, Affiliation, Contact, Network, Project
from crm.services.rights import may_view

WHO = ("contact", "organisation")  # those of whom and of whose people most is told
ALL = (*WHO, "project")
WITH_NETWORK = (*ALL, "network")
EVERY = (*WITH_NETWORK, "activity")

MOST_PEOPLE = 2000  # of an organisation, whose doings are looked up by number


@dataclass
class About:
    """Whose page it is and who reads it."""

    record: object
    user: object
    asked_day: date | None = None  # that the page is asked as of

    @property
    def is_contact(self):
        return isinstance(self.record, Contact)

    @property
    def is_project(self):
        return isinstance(self.record, Project)

    @property
    def is_network(self):
        return isinstance(self.record, Network)

    @property
    def is_activity(self):
        return isinstance(self.record, Activity)

    @property
    def kind(self):
        return self.record._meta.model_name

    @property
    def key(self):
        return self.record._meta.label_lower, self.record.pk

    @cached_property
    def today(self):
        return timezone.localdate()

    @property
    def day(self):
        """The day that the page shows: the one that is asked for, or today."""
        return self.asked_day or self.today

    @cached_property
    def people(self):
        """Numbers of those who hold or have held a role at the organisation. Asked once: an index finds what they did by it."""
        if self.is_contact:
            return [self.record.pk]
        ever = Affiliation.objects.filter(organisation=self.record).order_by().values_list("contact", flat=True).distinct()
        return list(ever[:MOST_PEOPLE])

    def may_view(self, model):
        return may_view(self.user, model)


@dataclass
class Section:
    """A part of the page under a heading of its own. Its template gets the `values`, `about` and `query`."""

    key: str
    label: str
    icon: str
    order: int
    template: str
    values: dict = field(default_factory=dict)
    count: int | None = None


_builders = []


def register_section(*, of=WHO):
    """Offer a function that returns a Section for an About, or None where there is none to show; for the pages of some kinds."""

    def register(build):
        _builders.append((build, of))
        return build

    return register


def sections_of(about):
    sections = [build(about) for build, kinds in _builders if about.kind in kinds]
    return sorted((section for section in sections if section), key=lambda section: section.order)
