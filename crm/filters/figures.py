"""A list narrowed down to what a figure counts: ?figure=company_visits@2017/2018."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.figures.addresses import parse_address

# The models whose lists have the filter.
LISTED = ("activity", "contact", "cost", "course", "mobility", "organisation", "relationship")


class FigureField(forms.Field):
    """Offers what it holds, and nothing to choose: one comes here from the figure."""

    widget = forms.Select

    def to_python(self, value):
        if not value:
            return None
        asked = parse_address(value)
        if asked.figure.rows(asked.period).model is not self.model:
            raise ValidationError(_("This list does not hold what “%(figure)s” counts."), params={"figure": asked.figure.label})
        return asked

    def in_words(self, value):
        """What a value of the address is called; one that makes no sense as it stands there."""
        try:
            return str(parse_address(value))
        except ValidationError:
            return value


class FigureFilter(django_filters.Filter):
    field_class = FigureField

    def __init__(self, **kwargs):
        super().__init__(label=_("Counted in"), **kwargs)

    @property
    def field(self):
        field = super().field
        field.model = self.parent._meta.model
        value = self.parent.data.get("figure") if self.parent.data else ""
        field.widget.choices = [("", _("All")), *([(value, field.in_words(value))] if value else [])]
        return field

    def filter(self, queryset, asked):
        return queryset.filter(pk__in=asked.rows.order_by().values("pk")) if asked else queryset
