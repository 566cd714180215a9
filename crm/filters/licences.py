import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.filters.archived import ArchivedFilter
from crm.filters.as_of import AsOfFilterSet
from crm.models import Licence, Organisation


def suppliers(request):
    return Organisation.objects.filter(pk__in=Licence.objects.exclude(supplier=None).order_by().values("supplier"))


class LicenceFilterSet(AsOfFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Licence.Kind, widget=forms.CheckboxSelectMultiple)
    free = django_filters.ChoiceFilter(
        label=_("Free seats"),
        choices=[("yes", _("With free seats")), ("no", _("All seats held")), ("over", _("More holders than seats"))],
        empty_label=_("All"),
        method="by_free",
        widget=forms.RadioSelect,
    )
    supplier = django_filters.ModelChoiceFilter(label=_("Supplier"), queryset=suppliers)
    current = django_filters.ChoiceFilter(
        label=_("Agreement"),
        choices=[("yes", _("Going on")), ("no", _("Ended, or to come"))],
        empty_label=_("All"),
        method="by_current",
        widget=forms.RadioSelect,
    )
    archived = ArchivedFilter()

    class Meta:
        model = Licence
        fields = []

    def by_free(self, queryset, name, value):
        counted = Licence.objects.with_seats(self.day)
        if value == "yes":  # without a limit there is always one
            found = counted.filter(Q(free__gt=0) | Q(free=None))
        else:
            found = counted.filter(free__lte=0) if value == "no" else counted.filter(free__lt=0)
        return queryset.filter(pk__in=found.order_by().values("pk"))

    def by_current(self, queryset, name, value):
        current = Licence.objects.on(self.day).order_by().values("pk")
        return queryset.filter(pk__in=current) if value == "yes" else queryset.exclude(pk__in=current)
