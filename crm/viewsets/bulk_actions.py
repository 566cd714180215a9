"""What can be done with many rows of a list at once. Another app adds what it knows to do with `register`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.forms.bulk_edits import AddTagsForm, MobilityForm, RemoveTagsForm, SeatForm, TaskForm, field_form
from crm.models import Contact, Mobility, Network, Organisation, Task
from crm.services.bulk_edit_kinds import AddSeats, AddTags, AddTasks, Archive, ChangeMobilities, FieldEdit, RemoveTags
from crm.services.rights import may, may_merge, may_view

EDITABLE = {Contact: ["language", "source", "quick_facts"], Organisation: ["kind", "municipality", "country", "quick_facts"]}


@dataclass(frozen=True)
class BulkAction:
    """`make` turns (model, user, the form's values) into a BulkEdit; `is_allowed` is asked for a user and a model.

    One that changes nothing itself has `leads_to` instead: it turns the view, which knows the chosen rows, into an address.
    """

    key: str
    label: Any
    is_allowed: Callable
    make: Callable | None
    form_class: type | None = None
    models: tuple = (Contact, Organisation)
    group: Any = ""
    leads_to: Callable | None = None
    is_field: bool = False
    exactly: int = 0  # rows; 0 for any number

    @property
    def title(self):
        return gettext("Change the field “%(field)s”") % {"field": self.label} if self.is_field else self.label


_actions = {}


def register(action):
    _actions[action.key] = action


def actions_for(model, user):
    """Return {key: action} of what somebody may do with many records of a model."""
    if not may_view(user, model):
        return {}
    return {key: action for key, action in _actions.items() if model in action.models and action.is_allowed(user, model)}


def _may_change(user, model):
    return may(user, "change", model)


def _register_fields():
    for model, names in EDITABLE.items():
        for name in names:
            field = model._meta.get_field(name)
            register(
                BulkAction(
                    key=f"{model._meta.model_name}-{name}",
                    label=FieldLabel(field),
                    is_allowed=_may_change,
                    make=partial(_field_edit, name),
                    form_class=field_form(model, name),
                    models=(model,),
                    group=_("Change a field"),
                    is_field=True,
                )
            )


class FieldLabel:
    """The name of a field as it is called when it is shown, in the language of then."""

    def __init__(self, field):
        self.field = field

    def __str__(self):
        return str(capfirst(self.field.verbose_name))


def _field_edit(name, model, user, values):
    return FieldEdit(model, name, values["value"])


def _add_tags(model, user, values):
    return AddTags(model, values["names"])


def _remove_tags(model, user, values):
    return RemoveTags(model, values["tags"])


register(BulkAction("tag", _("Add tags"), _may_change, _add_tags, AddTagsForm, group=_("Tags")))
register(BulkAction("untag", _("Remove tags"), _may_change, _remove_tags, RemoveTagsForm, group=_("Tags")))
register(
    BulkAction(
        "network",
        _("Add to a network"),
        lambda user, model: may(user, "change", Network),
        lambda model, user, values: AddSeats(model, values["network"], values["since"]),
        SeatForm,
        group=_("Add"),
    )
)
register(
    BulkAction(
        "task",
        _("Add a task for each"),
        lambda user, model: may(user, "add", Task),
        lambda model, user, values: AddTasks(model, acting_user=user, **values),
        TaskForm,
        group=_("Add"),
    )
)
_register_fields()
register(
    BulkAction(
        "mobility-state",
        _("Change the state"),
        _may_change,
        lambda model, user, values: ChangeMobilities(model, **values),
        MobilityForm,
        models=(Mobility,),
        group=_("The journeys"),
    )
)
register(
    BulkAction(
        "export",
        _("Export…"),
        _may_change,
        None,
        models=(Contact, Organisation, Mobility),
        group=_("The records themselves"),
        leads_to=lambda view: view.export_url,
    )
)
register(
    BulkAction(
        "merge",
        _("Merge two…"),
        may_merge,
        None,
        group=_("The records themselves"),
        leads_to=lambda view: view.merge_url,
        exactly=2,
    )
)
register(
    BulkAction(
        "archive",
        _("Archive"),
        lambda user, model: may(user, "delete", model),
        lambda model, user, values: Archive(model, acting_user=user),
        models=(Contact, Organisation, Mobility),
        group=_("The records themselves"),
    )
)
