from django import forms
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from crm.models import Holding, Licence


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
