import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from crm.forms.dates import DateInput, DayField
from crm.models import Contact, Holding, Licence


class LicenceField(forms.ModelChoiceField):
    """The licences with how many of their seats are free today."""

    def label_from_instance(self, licence):
        if licence.free is None:
            return str(licence)
        if licence.free <= 0:
            return gettext("%(licence)s (no seat free)") % {"licence": licence}
        words = {"licence": licence, "number": licence.free}
        return ngettext("%(licence)s (%(number)s seat free)", "%(licence)s (%(number)s seats free)", licence.free) % words


class HoldingForm(WagtailAdminModelForm):
    licence = LicenceField(label=_("Licence"), queryset=Licence.objects.none())

    class Meta(WagtailAdminModelForm.Meta):
        model = Holding
        fields = ["licence", "contact", "organisation", "since", "until", "confirmed_at", "confirmed_by", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Q(archived_at=None) | Q(pk=self.instance.licence_id)
        self.fields["licence"].queryset = Licence.objects.filter(offered).with_seats()


class HandOverForm(forms.Form):
    """To whom somebody's seat goes, and from when on: the one before has it up to the day before."""

    to = forms.ModelChoiceField(label=_("New holder"), queryset=Contact.objects.active())
    since = DayField(label=_("From"), widget=DateInput, help_text=_("The one before has it up to the day before."))

    def __init__(self, *args, holding, **kwargs):
        super().__init__(*args, **kwargs)
        self.holding = holding
        self.initial.setdefault("since", timezone.localdate())

    def clean_to(self):
        to = self.cleaned_data["to"]
        if to == self.holding.contact:
            raise ValidationError(_("%(person)s has it already. Choose somebody else."), params={"person": to})
        return to

    def clean_since(self):
        since, until = self.cleaned_data["since"], self.holding.until
        if until and since > until:
            raise ValidationError(_("It ends on %(day)s. Choose an earlier day."), params={"day": date_format(until)})
        return since

    def clean(self):
        cleaned = super().clean()
        to, since = cleaned.get("to"), cleaned.get("since")
        if to and since:
            held = Holding.objects.filter(licence=self.holding.licence, contact=to).during(since, self.holding.until or datetime.date.max)
            if held.exists():
                words = {"person": to, "licence": self.holding.licence}
                raise ValidationError(_("%(person)s holds %(licence)s already. End this holding instead."), params=words)
        return cleaned
