"""The register's figures that a page can show: those of the year, and a few of the association as it is.

They are counted once for as long as nothing changes in the register: the newest change of the ledger is part of the key.
"""

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from crm.figures import Figure, all_figures, figure_of
from crm.figures.people import held_roles, organisations_places
from crm.forms.figures import scope_choices as parts_of_the_association
from crm.models import Change, Contact, Network, Organisation

KEPT_FOR = 600  # seconds: what holds on a day changes with the day, and a change may be numbered before it can be seen


def _of_the_site(key, label, definition, rows, **options):
    return Figure(key, label, definition, label, "people", rows, **options)


def _learning_centres(period):
    return Organisation.objects.active_on(period.day).filter(kind=Organisation.Kind.LEARNING_CENTRE)


FIGURES = {
    one.key: one
    for one in [
        _of_the_site(
            "members",
            _("members"),
            _("Active organisations with a membership on the day."),
            lambda period: Organisation.objects.members(period.day),
            places=organisations_places,
        ),
        _of_the_site(
            "learning_centres",
            _("learning centres"),
            _("Active organisations of the kind learning centre on the day."),
            _learning_centres,
            places=organisations_places,
        ),
        _of_the_site(
            "organisations",
            _("organisations with a contact person"),
            _("Active organisations where at least one active contact person holds a role on the day."),
            lambda period: Organisation.objects.with_contacts(period.day),
            places=organisations_places,
        ),
        _of_the_site(
            "contacts",
            _("contact persons"),
            _("Contacts who hold a role at an active organisation on the day, each counted once."),
            lambda period: Contact.objects.in_role(period.day),
            places=held_roles,
        ),
        _of_the_site("networks", _("networks"), _("Active networks on the day."), lambda period: Network.objects.active_on(period.day)),
    ]
}


def find_figure(key):
    """Return a figure of the site or of the year, or None."""
    return FIGURES.get(key) or figure_of(key)


def figure_choices():
    of_the_year = [(one.key, one.label) for one in all_figures() if one.key not in FIGURES]
    return [*((key, one.label) for key, one in FIGURES.items()), *of_the_year]


def scope_choices():
    return parts_of_the_association()


def value_of(figure, period, newest_change):
    """The figure's value, counted anew when something has changed since. `newest_change` is what newest_change() gives."""
    key = f"figure:{figure.key}:{period.year.start}:{period.as_of or ''}:{period.day}:{period.scope.kind}:{period.scope.key}"
    key = f"{key.encode().hex()}:{newest_change}"
    return cache.get_or_set(key, lambda: _counted(figure, period), KEPT_FOR)


def _counted(figure, period):
    value = figure.value(period)
    return -1 if value is None else value  # None would be counted again each time


def newest_change():
    """The number of the newest change in the register; all that is counted follows from its rows."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
