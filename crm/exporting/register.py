"""The whole register into a folder, and back from it into an empty one without a difference.

Spreadsheets and vCards are for people and other systems. The way back is `register.json`: every recorded row with all that is
not made from the rest, one row a line, so that its size doesn't matter.
"""

import datetime
import json
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from django.apps import apps
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.exporting.files import FORMATS, parts, write_workbook
from crm.exporting.private_files import FOLDER, read_files, write_files
from crm.exporting.registry import exportables
from crm.models import Activity, ChangeSet, Contact, Course, Export, Licence, Need, Network, Organisation, Project, User
from crm.recording import is_recorded
from crm.services import bulk
from crm.services.ledger import change_set
from crm.services.net_changes import recordings_in_order
from crm.services.search import refresh_search_texts
from crm.years import OperatingYear

WHOLE_REGISTER = "register"
DUMP = "register.json"
CARDS = "contacts.vcf"
README = "README.txt"
_FORMAT = "knutpunkt-register"
_VERSION = 1
_AT_ONCE = 2000

# What recorded rows refer to without being recorded themselves, and the field by which a record is found again.
_carried = {}


def carry(model, *, by):
    """Take the records of a model along: one that is there already, by the value of a field, is used, another is made."""
    _carried[model._meta.label_lower] = by


# Out


def export_register(folder, *, file_format="xlsx"):
    """Write everything into a folder and return {file name: number of rows}."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise RegisterError(_("The folder %(folder)s is not empty. Choose another one.") % {"folder": folder})
    export = Export.objects.create(kind=WHOLE_REGISTER, format=file_format)
    counts = {}
    with _one_moment():
        for number, exportable in enumerate(exportables().values(), 1):
            name = f"{number}-{slugify(exportable.title)}.{FORMATS[file_format].extension}"
            counts[name] = _write_spreadsheet(folder / name, exportable, FORMATS[file_format])
        counts[CARDS] = _write_cards(folder / CARDS)
        counts[DUMP] = _write_dump(folder / DUMP)
        files = write_files(folder)
    readme = render_to_string(
        "admin/register/export_readme.txt", {"files": counts, "at": timezone.localtime(), "dump": DUMP, "folder": FOLDER if files else ""}
    )
    (folder / README).write_text(readme, encoding="utf-8")
    export.row_count = counts[DUMP]
    export.save(update_fields=["row_count"])
    return counts


@contextmanager
def _one_moment():
    """Read all files as of one moment, whoever goes on working, and without keeping anybody from it."""
    if connection.in_atomic_block:
        yield
        return
    mode = getattr(connection, "transaction_mode", None)
    try:
        if connection.vendor == "sqlite":
            connection.transaction_mode = "DEFERRED"  # a transaction that only reads needs no lock
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = mode


def _write_spreadsheet(path, exportable, file_format):
    # Without the number of the record: it means something in this register only, and another one would look for it.
    fields = [field for field in exportable.fields.values() if field.key != "id"]
    records = exportable.everything()
    with path.open("wb") as output:
        if file_format.key == "xlsx":
            return write_workbook(output, exportable, records, fields=fields, everything=True)
        return _write_parts(output, parts(exportable, records, file_format=file_format, fields=fields, everything=True))


def _write_cards(path):
    exportable = exportables()["contacts"]
    with path.open("wb") as output:
        return _write_parts(output, parts(exportable, exportable.everything(), file_format=FORMATS["vcard4"], fields=()))


def _write_parts(output, made):
    rows = 0
    for content, number in made:
        output.write(content)
        rows += number
    return rows


def _write_dump(path):
    """Write the rows so that each comes after those that it refers to, and return their number."""
    head = {"format": _FORMAT, "version": _VERSION, "exported_at": timezone.now(), "rows": None}
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as output:
        output.write(_json(head).removesuffix("null}") + "[")
        for row in _rows():
            output.write((",\n" if count else "\n") + _json(row))
            count += 1
        output.write("\n]}\n")
    return count


def _rows():
    for label, by in _carried.items():
        model = apps.get_model(label)
        for record in model._base_manager.order_by("pk").values():
            yield {"model": label, "by": by, **record}
    for recording in recordings_in_order():
        model = recording.model
        names = [model._meta.pk.attname, *(field.attname for field in recording.fields)]
        users = [field.attname for field in recording.fields if field.related_model is User]
        usernames = dict(User.objects.values_list("pk", "username")) if users else {}
        for values in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=_AT_ONCE):
            row = dict(zip(names, values, strict=True))
            yield {"model": recording.label, **row, **{name: usernames.get(row[name]) for name in users}}


def _json(row):
    return json.dumps(row, ensure_ascii=False, default=_plain)


def _plain(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, (Decimal, OperatingYear)):
        return str(value)
    raise TypeError(value)


# Back


def import_register(folder):
    """Fill an empty register from a folder that `export_register` has written; return {model label: number of rows}."""
    path = Path(folder) / DUMP
    if not path.is_file():
        raise RegisterError(_("There is no %(file)s in %(folder)s.") % {"file": DUMP, "folder": folder})
    for recording in recordings_in_order():
        if recording.model._base_manager.exists():
            name = recording.model._meta.verbose_name_plural
            raise RegisterError(_("The register is not empty: it holds %(what)s. Nothing was imported.") % {"what": name})
    try:
        with path.open(encoding="utf-8") as lines, change_set(cause=ChangeSet.Cause.IMPORT, note=DUMP):
            counts = _Filler().fill(_read(lines))
            connection.check_constraints([apps.get_model(label)._meta.db_table for label in counts])
            for model in (Contact, Organisation, Network, Licence, Project, Activity, Course, Need):
                refresh_search_texts(model, model._base_manager.values_list("pk", flat=True))
            _reset_sequences(counts)
            read_files(folder)
    except (LookupError, TypeError, ValueError, SuspiciousOperation, ValidationError, DatabaseError) as error:
        raise RegisterError(_("%(file)s is damaged, or of another version. Nothing was imported.") % {"file": DUMP}) from error
    return counts


def _read(lines):
    """Yield the rows of a dump, line by line; raise ValueError when that is not what it is."""
    head = json.loads(next(lines, "").rstrip() + "]}")
    if head.get("format") != _FORMAT or head.get("version") != _VERSION:
        raise ValueError(head)
    for line in lines:
        if line.startswith("]"):
            return
        yield json.loads(line.rstrip().removesuffix(","))
    raise ValueError("The file ends too early.")


class _Filler:
    """Writes rows as they were: with their numbers, and without anything made anew such as "created now"."""

    def __init__(self):
        self.usernames = dict(User.objects.values_list("username", "pk"))
        self.numbers = {}  # {(label of a carried model, number in the dump): number here}
        self.counts = {}

    def fill(self, rows):
        waiting, label = [], None
        for row in rows:
            if row["model"] != label or len(waiting) == _AT_ONCE:
                self._write(label, waiting)
                waiting, label = [], row["model"]
            waiting.append(row)
        self._write(label, waiting)
        return self.counts

    def _write(self, label, rows):
        if not rows:
            return
        model = apps.get_model(label)
        if label in _carried:
            for row in rows:
                self._carry(model, row)
        elif is_recorded(model):
            self._insert(model, rows)
        else:
            raise ValueError(label)
        self.counts[label] = self.counts.get(label, 0) + len(rows)

    def _carry(self, model, row):
        by = _carried[model._meta.label_lower]
        here = model._base_manager.filter(**{by: row[by]}).first()
        if here is None:
            here = model(**{field.attname: field.to_python(row[field.attname]) for field in model._meta.concrete_fields})
            if model._base_manager.filter(pk=here.pk).exists():
                here.pk = None
            here.save_base(raw=True, force_insert=True)
        self.numbers[model._meta.label_lower, row["id"]] = here.pk

    def _insert(self, model, rows):
        fields = [field for field in model._meta.concrete_fields if field.attname in rows[0]]
        made_anew = [field for field in model._meta.concrete_fields if field not in fields]
        values = [
            [
                *(field.get_db_prep_save(self._value(field, row[field.attname]), connection) for field in fields),
                *(field.get_db_prep_save(field.get_default(), connection) for field in made_anew),
            ]
            for row in rows
        ]
        bulk.insert(model, [field.attname for field in [*fields, *made_anew]], values)

    def _value(self, field, value):
        if field.related_model is User:
            return self.usernames.get(value)
        if field.related_model and (label := field.related_model._meta.label_lower) in _carried and value is not None:
            return self.numbers[label, value]
        return field.to_python(value)


def _reset_sequences(counts):
    """Let PostgreSQL number the next records after those that came with their numbers; SQLite does so by itself."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [apps.get_model(label) for label in counts]):
            cursor.execute(statement)
