"""Which models the ledger records. What belongs to the register is recorded, or says next to the model why it is not.

The ledger is written by triggers of the database (crm/services/triggers.py), so that no way of writing passes it by: a form,
a bulk write, an import, a command, or SQL typed by hand.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field

# The change set that is being written, or None (crm/services/ledger.py).
current_change_set = ContextVar("current_change_set", default=None)
# Whether one is opened at the first write that needs it.
opens_when_needed = ContextVar("opens_when_needed", default=False)

_recorded = {}
_unrecorded = {}

# The records that have a history of their own; a change says which of them it belongs to.
OWNERS = ("contact", "organisation", "network", "membership", "activity", "segment", "licence", "project", "course", "need", "planitem")


@dataclass(frozen=True)
class Recording:
    """How one model is recorded: which of its columns lead to the records that it belongs to, and which it leaves out."""

    model: type
    owners: dict = field(default_factory=dict)
    derived: tuple = ()

    @property
    def label(self):
        return self.model._meta.label_lower

    @property
    def fields(self):
        """The recorded fields. What is derived from others is made anew instead of being restored."""
        return [one for one in self.model._meta.concrete_fields if not one.primary_key and one.name not in self.derived]


def recorded(*, derived=(), **owners):
    """Record every change of a model. `owners` names, for each kind of OWNERS, the column that holds its number.

    @recorded(contact="contact_id", organisation="organisation_id")
    """

    def register(model):
        assert set(owners) <= set(OWNERS), owners
        _recorded[model._meta.label_lower] = Recording(model, owners, tuple(derived))
        return model

    return register


def unrecorded(reason):
    """Say why a model of the register or the newsletter is not in the ledger."""

    def register(model):
        _unrecorded[model._meta.label_lower] = reason
        return model

    return register


def recordings():
    """Return {model label: Recording}."""
    return dict(_recorded)


def recording_of(model):
    return _recorded[model._meta.label_lower]


def is_recorded(model):
    return model._meta.label_lower in _recorded


def unrecorded_models():
    """Return {model label: reason}."""
    return dict(_unrecorded)
