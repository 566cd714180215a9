"""Lines of a form: roles of a contact, e-mail and phone, fees, seats."""

from django import forms
from django.utils.functional import cached_property
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import InlinePanel


class LinesFormSet(BaseChildFormSet):
    """Asks for the options of a select once, not once a line; `own` narrows them down to those that fit the record."""

    EMPTY_LABELS = {}  # {field: what it means to choose nothing}

    @cached_property
    def _options(self):
        return {}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, field in form.fields.items():
            if isinstance(field, forms.ModelChoiceField) and isinstance(field.widget, forms.Select):
                field.queryset = self.own(name, field.queryset)
                field.empty_label = self.EMPTY_LABELS.get(name, field.empty_label)
                if name not in self._options:
                    self._options[name] = list(field.choices)
                field.choices = self._options[name]

    def own(self, name, queryset):
        return queryset


class LinesPanel(InlinePanel):
    formset_class = LinesFormSet

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = self.formset_class
        return options
