"""What a filter asks for, in words: "Sub-region: Fyrbodal", "Membership: At a member", "As of: 2018-03-01"."""

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from crm.forms.dates import DayField


def describe_with(filterset_class, queries):
    """Return the conditions of many query strings, a list for each, with as many database queries as for one."""
    params = [QueryDict(query) for query in queries]
    fields = {}
    if filterset_class:
        fields = filterset_class(QueryDict(), queryset=filterset_class._meta.model._default_manager.none()).form.fields
    words = {name: _words_for(field, {value for one in params for value in one.getlist(name) if value}) for name, field in fields.items()}
    implied = getattr(filterset_class, "implied", lambda _params: [])
    return [[*_conditions(one, fields, words), *map(str, implied(one))] for one in params]


def _words_for(field, values):
    """Return {value of the address: what it is called} for one field of the filter."""
    if hasattr(field, "queryset"):
        records = field.queryset.model._default_manager.filter(pk__in=[value for value in values if value.isdecimal() and len(value) < 19])
        return {str(record.pk): str(record) for record in records} if values else {}
    if hasattr(field, "in_words"):
        return {value: field.in_words(value) for value in values}
    if isinstance(field, DayField):
        return {value: _day(field, value) for value in values}
    return {str(value): str(label) for value, label in getattr(field, "choices", ())}


def _day(field, value):
    try:
        return str(field.clean(value))
    except ValidationError:
        return value


def _conditions(params, fields, words):
    conditions = []
    for name, field in fields.items():
        if chosen := [words[name].get(value, value) for value in params.getlist(name) if value]:
            conditions.append(f"{field.label}: {', '.join(chosen)}")
    if only := params.get("only"):
        number = len(only.split(","))
        conditions.append(ngettext("%(number)d chosen row", "%(number)d chosen rows", number) % {"number": number})
    if searched := params.get("q"):
        conditions.append(gettext("Search: %(words)s") % {"words": searched})
    return conditions
