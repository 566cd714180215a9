"""Reminders of overdue fees: choose, write, look at each mail, send."""

from django import forms
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages

from crm.models import FeeSettings
from crm.services.fee_reminders import (
    PLACEHOLDERS,
    draft,
    next_reminder,
    overdue_fees,
    recipient_of,
    remind,
    standard_subject,
    standard_text,
)
from crm.viewsets.fee_pages import FeesMixin

# The expected number of a reminder is posted under this and the number of the fee.
EXPECTED = "expected:"
MOST = 500


class LetterForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=150)
    text = forms.CharField(label=_("Text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 12}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = ", ".join(f"{{{word}}}" for word in PLACEHOLDERS.values())
        self.fields["text"].help_text = gettext("Filled in for each member: %(words)s.") % {"words": words}


class RemindersView(FeesMixin, TemplateView):
    needs = "change"
    template_name = "admin/fees/reminders.html"
    page_title = _("Remind of overdue fees")
    header_icon = "mail"

    @cached_property
    def fees(self):
        fees = list(overdue_fees()[:MOST])
        for fee in fees:
            fee.recipient, fee.next_reminder = recipient_of(fee), next_reminder(fee)
        return fees

    def post(self, request):
        chosen = {int(number) for number in request.POST.getlist("fee") if number.isdecimal() and len(number) < 19}
        form = LetterForm(request.POST)
        if not chosen:
            messages.error(request, gettext("Tick at least one fee."))
            return self.show(form=form, chosen=chosen)
        if not form.is_valid():
            return self.show(form=form, chosen=chosen)
        if request.POST.get("step") == "send":
            return self.send(form, chosen)
        if request.POST.get("step") == "change":
            return self.show(form=form, chosen=chosen)
        return self.preview(form, chosen)

    def preview(self, form, chosen):
        letters = [draft(fee, **form.cleaned_data) for fee in self.fees if fee.pk in chosen]
        self.template_name = "admin/fees/reminders_preview.html"
        return self.render_to_response(
            self.get_context_data(
                form=form,
                chosen=chosen,
                letters=[one for one in letters if one.recipient.address],
                without=[one for one in letters if not one.recipient.address],
                expected_prefix=EXPECTED,
            )
        )

    def send(self, form, chosen):
        expected = {}
        for number in chosen:
            which = self.request.POST.get(f"{EXPECTED}{number}", "")
            if which.isdecimal() and len(which) < 5:
                expected[number] = int(which)
        made, left_out = remind(expected, acting_user=self.request.user, **form.cleaned_data)
        if made:
            sentence = ngettext("%(number)d reminder is on its way.", "%(number)d reminders are on their way.", len(made))
            messages.success(self.request, sentence % {"number": len(made)})
        if left_out:
            sentence = ngettext(
                "%(number)d fee is left out: it has been paid or reminded of since the preview.",
                "%(number)d fees are left out: they have been paid or reminded of since the preview.",
                len(left_out),
            )
            messages.warning(self.request, sentence % {"number": len(left_out)})
        return HttpResponseRedirect(reverse("fee:reminders"))

    def get(self, request):
        own = FeeSettings.current()
        form = LetterForm(initial={"subject": own.reminder_subject or standard_subject(), "text": own.reminder_text or standard_text()})
        asked = request.GET.get("fee", "")
        chosen = {int(asked)} if asked.isdecimal() and len(asked) < 19 else {fee.pk for fee in self.fees if fee.recipient.address}
        return self.show(form=form, chosen=chosen)

    def show(self, *, form, chosen):
        return self.render_to_response(self.get_context_data(form=form, chosen=chosen, fees=self.fees))
