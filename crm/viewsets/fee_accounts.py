"""Fees for the accounts: choose a period, look at what it holds, take it out as SIE, Excel or CSV."""

import datetime
from typing import Any, NamedTuple

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from crm.exporting import log
from crm.exporting.fee_vouchers import SIE_TYPE, FeeVoucherExport, as_csv, as_sie, as_xlsx
from crm.exporting.files import FORMATS
from crm.forms.dates import DayField
from crm.services.fee_vouchers import account_names, vouchers_between
from crm.viewsets.fee_pages import FeesMixin

SHOWN = 50


class SieFormat(NamedTuple):
    key: str
    label: Any
    extension: str
    content_type: str


SIE = SieFormat("sie", _("SIE 4 (for the accounting program)"), "si", SIE_TYPE)
FILES = {"sie": (SIE, as_sie), "xlsx": (FORMATS["xlsx"], as_xlsx), "csv": (FORMATS["csv"], as_csv)}


class PeriodForm(forms.Form):
    first = DayField(label=_("From"))
    last = DayField(label=_("Until"))
    what = forms.MultipleChoiceField(
        label=_("What"), choices=[("invoiced", _("Invoiced")), ("paid", _("Paid"))], widget=forms.CheckboxSelectMultiple
    )

    def clean(self):
        values = super().clean()
        if (first := values.get("first")) and (last := values.get("last")) and last < first:
            self.add_error("last", _("The last day is before the first one."))
        return values


class AccountsView(FeesMixin, TemplateView):
    needs = "change"
    template_name = "admin/fees/accounts.html"
    page_title = _("Export for the accounts")
    header_icon = "download"

    @cached_property
    def form(self):
        return PeriodForm(self.request.GET if "first" in self.request.GET else self.last_month)

    @property
    def last_month(self):
        last = timezone.localdate().replace(day=1) - datetime.timedelta(days=1)
        return {"first": last.replace(day=1).isoformat(), "last": last.isoformat(), "what": ["invoiced", "paid"]}

    @cached_property
    def vouchers(self):
        values = self.form.cleaned_data
        return vouchers_between(values["first"], values["last"], **{key: key in values["what"] for key in ("invoiced", "paid")})

    def get(self, request):
        if request.GET.get("format") in FILES and self.form.is_valid() and self.vouchers:
            return self.file_response(*FILES[request.GET["format"]])
        return self.render_to_response(self.get_context_data())

    def file_response(self, file_format, make):
        query = self.request.GET.copy()
        query.pop("format", None)
        export = log.begin(FeeVoucherExport(), file_format=file_format, query=query.urlencode(), acting_user=self.request.user)
        content = make(self.vouchers)
        log.finish(export, len(self.vouchers))
        first, last = self.form.cleaned_data["first"], self.form.cleaned_data["last"]
        headers = {"Content-Disposition": f'attachment; filename="avgifter-{first}-{last}.{file_format.extension}"'}
        return HttpResponse(content, content_type=file_format.content_type, headers=headers)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(form=self.form, media=self.form.media, is_valid=self.form.is_valid(), **kwargs)
        if not context["is_valid"]:
            return context
        return context | {
            "vouchers": self.vouchers[:SHOWN],
            "more": max(len(self.vouchers) - SHOWN, 0),
            "count": len(self.vouchers),
            "total": sum(one.total for one in self.vouchers),
            "formats": [(key, file_format.label) for key, (file_format, _make) in FILES.items()],
            "accounts": sorted(account_names().items()),
        }
