"""What every spreadsheet of the register has in common, on top of django-import-export.

A row goes through these steps: its cells are cleaned, the record it speaks of is found (or a new one begun), what would
change is listed, and only then something is written. The preview is the same run, rolled back.
"""

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import RowResult

from crm.exceptions import SpreadsheetError
from crm.models import search_texts_refreshed_once
from crm.resources.widgets import TextWidget, display
from crm.text import fold


class Column(Field):
    """A column of a spreadsheet: the field it fills, its heading, and the other headings it is known by.

    A `related` column is not an attribute of the record itself: the resource saves it.
    """

    def __init__(self, attribute, label, *aliases, widget=None, required=False, related=False):
        super().__init__(attribute=attribute, column_name=attribute, widget=widget or TextWidget())
        self.label = label
        self.aliases = aliases
        self.required = required
        self.related = related

    def headings(self):
        """Return every heading, folded, that stands for this column."""
        known = {fold(alias) for alias in self.aliases} | {fold(self.attribute.replace("_", " ")), fold(self.attribute)}
        for language in ("sv", "en"):
            with override(language):
                known.add(fold(self.label))
        return known


class RegisterRowResult(RowResult):
    label = ""
    changes = ()


class RegisterResource(ModelResource):
    """Base of the register's resources. Subclasses declare columns and say how a row finds its record."""

    kind = None  # the name in addresses and on the command line
    title = None  # what the user calls it
    permissions = ()  # that an import of them needs besides those for the records themselves

    class Meta:
        use_transactions = True
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        import_id_fields = ()

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.columns = {name: field for name, field in self.fields.items() if isinstance(field, Column)}

    @classmethod
    def get_row_result_class(cls):
        return RegisterRowResult

    # Headings

    def match_headings(self, headings):
        """Return {heading: field name} for the headings that are understood; the others are left out of the import.

        Raises SpreadsheetError when a column is missing without which no row makes sense, or when two headings mean one.
        """
        matched = {}
        for heading in headings:
            for name, column in self.columns.items():
                if fold(heading) in column.headings():
                    if name in matched.values():
                        raise SpreadsheetError(_("Two columns mean “%(label)s”. Remove one of them.") % {"label": column.label})
                    matched[heading] = name
        missing = [str(column.label) for name, column in self.columns.items() if column.required and name not in matched.values()]
        if missing:
            raise SpreadsheetError(
                _("The file lacks a column for: %(missing)s. Its headings are: %(found)s.")
                % {"missing": ", ".join(missing), "found": ", ".join(headings)}
            )
        return matched

    # One row

    def before_import_row(self, row, **kwargs):
        self.changes = []
        self.values = self.clean_row(row)

    def clean_row(self, row):
        """Return {field name: value} of the cells that hold something; an empty cell never wipes anything."""
        values, errors = {}, {}
        for name, column in self.columns.items():
            text = str(row.get(name, "") or "").strip()
            if text:
                try:
                    values[name] = column.widget.clean(text, row=row)
                except ValidationError as error:
                    errors[str(column.label)] = error
            elif column.required:
                errors[str(column.label)] = ValidationError(_("is missing."))
        if errors:
            raise ValidationError(errors)
        return values

    def get_instance(self, instance_loader, row):
        return self.find(self.values)

    def find(self, values):
        """Return the record that a row speaks of, or None for a new one; raise ValidationError when it is doubtful."""
        raise NotImplementedError

    def import_instance(self, instance, row, **kwargs):
        for name, value in self.values.items():
            if not self.columns[name].related:
                setattr(instance, self.columns[name].attribute, value)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        for name in self.values:
            column = self.columns[name]
            if not column.related:
                old, new = column.get_value(original) if instance.pk else None, column.get_value(instance)
                self.note_change(column.label, column.widget.render(old), column.widget.render(new))
        self.is_itself_changed = bool(self.changes)
        self.changes += self.related_changes(instance)
        return bool(instance.pk) and not self.changes

    def note_change(self, label, old, new):
        if display(old) != display(new):
            self.changes.append((str(label), display(old), display(new)))

    def related_changes(self, instance):
        """Return (label, old, new) of what the row would change in what belongs to the record."""
        return []

    def save_instance(self, instance, is_create, row, **kwargs):
        # A row is written whole or not at all, also when the database is what refuses it.
        try:
            with transaction.atomic(), search_texts_refreshed_once():
                super().save_instance(instance, is_create, row, **kwargs)
        except (IntegrityError, DataError) as error:
            raise ValidationError(_("The row contradicts another record in the register.")) from error

    def do_instance_save(self, instance, is_create):
        # A row that only adds to what belongs to a record leaves the record itself alone.
        if is_create or self.is_itself_changed:
            super().do_instance_save(instance, is_create)

    def after_save_instance(self, instance, row, **kwargs):
        self.save_related(instance)

    def save_related(self, instance):
        pass

    def after_import_row(self, row, row_result, **kwargs):
        row_result.changes = self.changes

    def get_diff_headers(self):
        return []
