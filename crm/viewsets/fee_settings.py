"""The one form of the settings of fees."""

from django.core.exceptions import PermissionDenied
from django.forms import modelform_factory
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm

from crm.models import ChangeSet, FeeSettings
from crm.services.fee_reminders import PLACEHOLDERS, standard_subject, standard_text
from crm.services.ledger import change_set
from crm.services.rights import may
from crm.viewsets.fee_pages import FeesMixin
from crm.viewsets.history import buttons_to_undo_this

GROUPS = [
    (_("The fee document"), ["bankgiro", "payment_days", "first_number", "document_text"]),
    (_("Reminders"), ["reply_to", "reminder_subject", "reminder_text"]),
    (_("The accounts"), ["claims_account", "income_account", "bank_account", "voucher_series"]),
]


class SettingsView(FeesMixin, TemplateView):
    template_name = "admin/fees/settings.html"
    page_title = _("Settings of fees")
    header_icon = "cog"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, "change", FeeSettings):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form(self, data=None):
        names = [name for _label, several in GROUPS for name in several]
        form = modelform_factory(FeeSettings, form=WagtailAdminModelForm, fields=names)(data, instance=FeeSettings.current())
        form.fields["reminder_subject"].widget.attrs["placeholder"] = standard_subject()
        form.fields["reminder_text"].help_text = gettext("Empty means the usual text. Filled in by itself: %(words)s.") % {
            "words": ", ".join(f"{{{word}}}" for word in PLACEHOLDERS)
        }
        form.fields["reminder_text"].widget.attrs["placeholder"] = standard_text()
        return form

    def post(self, request):
        form = self.form(request.POST)
        if not form.is_valid():
            messages.error(request, gettext("Nothing is saved yet. Correct the errors below and save again."))
            return self.render_to_response(self.get_context_data(form=form))
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
            form.save()
            buttons = buttons_to_undo_this(request.user)
        messages.success(request, gettext("The settings of fees are saved."), buttons=buttons)
        return redirect("fee:settings")

    def get_context_data(self, **kwargs):
        form = kwargs.pop("form", None) or self.form()
        groups = [(label, [form[name] for name in names]) for label, names in GROUPS]
        return super().get_context_data(form=form, media=form.media, groups=groups, **kwargs)
