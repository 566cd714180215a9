"""The register's figures that a page can show, counted when the page is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from crm.models import Contact, Network, Organisation


@dataclass(frozen=True)
class Figure:
    label: str
    count: Callable[[], int]


def _learning_centres():
    return Organisation.objects.active().filter(kind=Organisation.Kind.LEARNING_CENTRE)


FIGURES = {
    "members": Figure(_("members"), lambda: Organisation.objects.members().count()),
    "learning_centres": Figure(_("learning centres"), lambda: _learning_centres().count()),
    "organisations": Figure(_("organisations with a contact person"), lambda: Organisation.objects.with_contacts().count()),
    "contacts": Figure(_("contact persons"), lambda: Contact.objects.in_role().count()),
    "networks": Figure(_("networks"), lambda: Network.objects.active().count()),
}


def figure_choices():
    return [(key, figure.label) for key, figure in FIGURES.items()]
