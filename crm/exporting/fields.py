"""What can be exported of a kind of record: fields in groups, and how their values are read, a thousand records at a time."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from crm.services.bulk import among

AT_ONCE = 1000


@dataclass(frozen=True)
class Field:
    """A column: its name, its heading (one that the importer knows, where it can be imported), and the value of a row.

    A value is text, a number, a day, a time, a truth value or None; the file's format decides how it is written.
    """

    key: str
    label: Any
    value: Callable
    is_default: bool = True


@dataclass(frozen=True)
class Group:
    label: Any
    fields: list


def more(key, label, value):
    """A field that one has to ask for."""
    return Field(key, label, value, is_default=False)


class Chunk:
    """The records with some primary keys, and whatever belongs to them: each kind of it is one query, made when first needed.

    `day` is the day that the export shows: roles, seats, memberships of that day. With `everything`, those of all times.
    """

    def __init__(self, numbers, day=None, *, everything=False):
        self.numbers = list(numbers)
        self.asked_day = day
        self.day = day or timezone.localdate()
        self.everything = everything
        self._related = {}

    def held(self, dated):
        return dated if self.everything else dated.on(self.day)

    def load(self, queryset):
        """Return the chunk's records out of a queryset, in the order of the export."""
        found = {record.pk: record for record in queryset.filter(pk__in=among(self.numbers, "bigint"))}
        return [found[number] for number in self.numbers if number in found]

    def related(self, load):
        """Return what `load` makes of this chunk, asked for once: for fields that another app adds."""
        if load not in self._related:
            self._related[load] = load(self)
        return self._related[load]


class Exportable:
    """Base of the kinds. Subclasses name their groups of fields and make rows of a chunk."""

    kind = None  # the name in addresses and in the log
    title = None  # what the user calls it
    model = None
    filterset_class = None
    rows_note = ""  # a sentence, when a record can be several rows; they tell its `number`
    groups = ()
    chunk_class = Chunk

    @cached_property
    def fields(self):
        """{key: Field}, in the order in which they are offered and written."""
        return {field.key: field for group in self.groups for field in group.fields}

    @property
    def default_keys(self):
        return [key for key, field in self.fields.items() if field.is_default]

    def pick(self, keys):
        return [field for key, field in self.fields.items() if key in keys]

    def everything(self):
        """What the whole register's export writes: archived records too, in a lasting order."""
        return self.model._base_manager.order_by("pk")

    def read(self, records, **period):
        """Yield chunks of a queryset's records, in its order. Which records those are is settled at the beginning."""
        bare = records.select_related(None).prefetch_related(None)
        numbers = array("q", bare.values_list("pk", flat=True).iterator(chunk_size=10_000))
        return (self.chunk_class(numbers[start : start + AT_ONCE], **period) for start in range(0, len(numbers), AT_ONCE))

    def rows(self, chunk):
        """Return what the fields take their values from, one for each row of the file."""
        return chunk.load(self.model._base_manager.all())


class CardExportable(Exportable):
    """A kind that can also be exported as vCards."""

    def cards(self, chunk, version):
        """Yield each record's vCard as text."""
        raise NotImplementedError
