from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import SeatRequest


class AnswerForm(forms.Form):
    """What a request for seats is answered."""

    state = forms.ChoiceField(
        label=_("Answer"),
        choices=[(state.value, state.label) for state in SeatRequest.State if state != SeatRequest.State.ASKED],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False, help_text=_("Only where it is declined or withdrawn."))
    mail = forms.BooleanField(label=_("Mail a confirmation"), required=False)

    def __init__(self, *args, address="", **kwargs):
        super().__init__(*args, **kwargs)
        if address:
            self.fields["mail"].label = _("Mail a confirmation to %(address)s") % {"address": address}
            self.fields["mail"].help_text = _("Goes out only when the seats are confirmed.")
        else:
            del self.fields["mail"]
