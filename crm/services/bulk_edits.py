"""One change to many records: planned for a preview, planned once more at the doing, and written in one change set.

A subclass of BulkEdit says for each record whether it changes, is so already, or is left out and why. It asks the database the
same number of questions for each thousand records.
"""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import ChangeSet
from crm.services import bulk
from crm.services.ledger import change_set
from crm.services.search import refresh_search_texts

AT_ONCE = 1000
SHOWN = 10
# One transaction, in which nobody else can write on SQLite: some seconds.
MOST = 20_000


class ChangedMeanwhile(RegisterError):
    """What would happen now is not what somebody has seen in the preview."""


@dataclass(frozen=True)
class Line:
    """What becomes of one record."""

    name: str
    old: str = ""
    new: str = ""


@dataclass
class Plan:
    """What a bulk edit would do, and what it needs for that: {number of the record: whatever its `write` takes}."""

    changes: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)  # the first of them, as people read them
    already: int = 0
    left_out: Counter = field(default_factory=Counter)  # {why: how many}
    names_left_out: dict = field(default_factory=dict)  # {why: the first names}

    def __post_init__(self):
        self._digest = sha256()

    def change(self, record, *, old, new, what):
        self.changes[record.pk] = what
        self._digest.update(f"{record.pk}\0{old}\0{new}\n".encode())
        if len(self.lines) < SHOWN:
            self.lines.append(Line(str(record), old, new))

    def leave_out(self, name, reason):
        self.left_out[reason] += 1
        names = self.names_left_out.setdefault(reason, [])
        if len(names) < SHOWN:
            names.append(str(name))

    @property
    def mark(self):
        """The same for two plans that change the same records in the same way."""
        return self._digest.hexdigest()[:32]

    @property
    def reasons(self):
        """[(why, how many, the first names, how many more)]"""
        return [(why, number, self.names_left_out[why], number - len(self.names_left_out[why])) for why, number in self.left_out.items()]


class BulkEdit:
    """Base of the edits. `sentence` says what is done; it stands above the preview and in the history."""

    select_related = ()
    touches_search = False
    takes_archived = False
    sentence = ""

    def __init__(self, model):
        self.model = model
        self.owner = model._meta.model_name  # what foreign keys to it are called

    def plan(self, numbers):
        plan = Plan()
        for chunk in _chunks(numbers):
            records = self._records(chunk)
            known = self.know(chunk)
            for number in chunk:
                if number not in records:
                    plan.leave_out(f"{_('No.')} {number}", _("is no longer there"))
                elif records[number].is_archived and not self.takes_archived:
                    plan.leave_out(records[number], _("is archived"))
                else:
                    self.judge(records[number], known, plan)
        return plan

    def know(self, numbers):
        """Return what `judge` has to know about a thousand records."""

    def judge(self, record, known, plan):
        """Call plan.change or plan.leave_out, or count it in plan.already."""
        raise NotImplementedError

    def write(self, changes):
        """Write a thousand of a plan's changes."""
        raise NotImplementedError

    def prepare(self):
        """Called once before the first `write`, inside the change set."""

    def _records(self, numbers):
        long = {field.name for field in self.model._meta.concrete_fields} & {"search_text", "note"}
        found = self.model._base_manager.select_related(*self.select_related).defer(*long)
        return {record.pk: record for record in found.filter(bulk.one_of(self.model, "id", numbers))}

    def owned(self, model, numbers):
        """Return what of another model belongs to these records."""
        return model._base_manager.filter(bulk.one_of(model, f"{self.owner}_id", numbers))


def carry_out(edit, numbers, *, mark, acting_user):
    """Do what the preview with this mark has shown, and return the Plan. Raises ChangedMeanwhile when it would be something else."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.BULK_EDIT, note=str(edit.sentence)):
        plan = edit.plan(numbers)
        if plan.mark != mark:
            raise ChangedMeanwhile(_("Something has changed since the preview. Look at it once more; nothing is done yet."))
        edit.prepare()
        for chunk in _chunks(list(plan.changes)):
            edit.write({number: plan.changes[number] for number in chunk})
        if edit.touches_search:
            refresh_search_texts(edit.model, plan.changes)
    return plan


def _chunks(numbers):
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))
