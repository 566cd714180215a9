from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.figures import Period, Scope
from crm.filters.choices import subregion_choices
from crm.forms.dates import DayField
from crm.models import Activity, Fee, FrozenReport, Municipality, Project, SavedReport
from crm.years import OperatingYear, parse_operating_year

MOST_YEARS = 5


def year_choices():
    """From the first year of which the register knows a fee or an activity to the one that goes on."""
    first_fee = Fee.objects.order_by("year").values_list("year", flat=True).first()
    first_day = Activity.objects.order_by("day").values_list("day", flat=True).first()
    known = [year for year in (first_fee, first_day and OperatingYear.of(first_day), OperatingYear.current()) if year]
    years = range(max(known).start, max(min(known).start, max(known).start - 60) - 1, -1)
    return [(str(OperatingYear(start)), str(OperatingYear(start))) for start in years]


def scope_choices():
    municipalities = Municipality.objects.filter(organisations__isnull=False).distinct()
    return [
        ("", _("The whole association")),
        (_("Sub-regions"), [(f"subregion:{name}", name) for name, _name in subregion_choices()]),
        (_("Municipalities"), [(f"municipality:{one.code}", one.name) for one in municipalities]),
        (_("Projects"), [(f"project:{one.pk}", str(one)) for one in Project.objects.active().decided()]),
    ]


class ReportForm(forms.Form):
    """What the year in figures is asked for. Its address is the report."""

    year = forms.CharField(label=_("Operating year"), required=False, widget=forms.Select)
    on = DayField(label=_("As of"), required=False)
    scope = forms.CharField(label=_("Part of the association"), required=False, widget=forms.Select)
    years = forms.TypedChoiceField(
        label=_("Compare with earlier years"),
        required=False,
        coerce=int,
        empty_value=0,
        choices=[("", _("No comparison")), *[(str(number), str(number)) for number in (1, 2, 3, MOST_YEARS)]],
    )
    by = forms.ChoiceField(
        label=_("Divide by"),
        required=False,
        choices=[("", _("Not divided")), ("subregion", _("Sub-region")), ("municipality", _("Municipality"))],
    )
    plot = forms.ChoiceField(
        label=_("Show years as"), required=False, choices=[("", _("Bars")), ("line", _("A line")), ("none", _("Numbers only"))]
    )
    figure = forms.MultipleChoiceField(label=_("Figures"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, figures, default_year, **kwargs):
        super().__init__(*args, **kwargs)
        self.figures = {one.key: one for one in figures}
        self.default_year = default_year
        self.fields["year"].widget.choices = year_choices()
        self.fields["year"].initial = str(default_year)
        self.fields["scope"].widget.choices = scope_choices()
        self.fields["figure"].choices = [(key, one.label) for key, one in self.figures.items()]
        self.fields["on"].widget.attrs["placeholder"] = _("today")

    def clean_year(self):
        return parse_operating_year(self.cleaned_data["year"]) if self.cleaned_data["year"] else self.default_year

    def clean_scope(self):
        return Scope.parse(self.cleaned_data["scope"])

    def clean(self):
        cleaned = super().clean()
        year, day = cleaned.get("year"), cleaned.get("on")
        if year and day and day < year.first_day:
            self.add_error("on", ValidationError(_("The operating year %(year)s has not begun by then."), params={"year": year}))
        return cleaned

    @property
    def period(self):
        return Period(self.cleaned_data["year"], self.cleaned_data["on"], self.cleaned_data["scope"])

    @property
    def chosen(self):
        """The figures that are asked for; all of them when none is."""
        keys = self.cleaned_data["figure"] or self.figures
        return [self.figures[key] for key in keys]


class SaveReportForm(forms.ModelForm):
    class Meta:
        model = SavedReport
        fields = ["name", "is_shared"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        if SavedReport.objects.filter(owner=self.instance.owner, name=name).exists():
            raise ValidationError(_("You have a report with this name already."))
        return name


class FreezeForm(forms.ModelForm):
    class Meta:
        model = FrozenReport
        fields = ["title", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
