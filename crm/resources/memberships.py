"""Memberships with the fee of one operating year in each row."""

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import ContactPoint, Fee, Membership, Organisation
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.people import person_of
from crm.resources.registry import importer
from crm.resources.widgets import (
    ChoiceWidget,
    DayWidget,
    EmailWidget,
    NumberWidget,
    OperatingYearWidget,
    RecordWidget,
    WholeNumberWidget,
)

_FEE_COLUMNS = ("amount", "number", "invoiced_on", "due_on", "paid_on")


class ContactByAddressWidget(EmailWidget):
    """The contact who has an e-mail address."""

    def clean(self, value, row=None, **kwargs):
        return person_of({"email": super().clean(value)})

    def render(self, value, obj=None, **kwargs):
        point = value and value.best_point(ContactPoint.Kind.EMAIL)
        return point.display if point else str(value or "")


@importer
class MembershipResource(RegisterResource):
    kind = "memberships"
    title = _("Memberships and fees")

    organisation = Column(
        "organisation",
        _("Organisation"),
        "Medlem",
        "Member",
        widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True),
        required=True,
    )
    membership_kind = Column("kind", _("Kind of membership"), "Medlemstyp", "Typ", widget=ChoiceWidget(Membership.Kind))
    since = Column("since", _("Member from"), "Medlem från", "Från", widget=DayWidget())
    until = Column("until", _("Member until"), "Medlem till", "Till", widget=DayWidget())
    fee_contact = Column("fee_contact", _("The fee is sent to (e-mail)"), "Avgiften skickas till", widget=ContactByAddressWidget())
    year = Column("year", _("Operating year"), "Verksamhetsår", "År", "Year", widget=OperatingYearWidget(), related=True)
    amount = Column("amount", _("Fee (SEK)"), "Avgift", "Belopp", "Fee", "Medlemsavgift", widget=NumberWidget(), related=True)
    number = Column("number", _("No. of the fee document"), "Avinummer", "Fakturanummer", widget=WholeNumberWidget(), related=True)
    invoiced_on = Column("invoiced_on", _("Invoiced"), "Fakturerad", widget=DayWidget(), related=True)
    due_on = Column("due_on", _("Due"), "Förfaller", "Förfallodag", widget=DayWidget(), related=True)
    paid_on = Column("paid_on", _("Paid"), "Betald", "Betaldatum", widget=DayWidget(), related=True)

    class Meta(RegisterResource.Meta):
        model = Membership
        fields = ("organisation", "membership_kind", "since", "until", "fee_contact", "year", *_FEE_COLUMNS)

    def find(self, values):
        """The membership of the organisation that began the day the row says, or the latest one when it says none."""
        held = Membership.objects.active().filter(organisation=values["organisation"]).order_by(F("since").desc(nulls_last=True), "pk")
        if "since" in values:
            held = held.filter(since=values["since"])
        return held.first()

    def wanted_fee(self):
        """Return the fee's cells of the row, or None when it names no year."""
        wanted = {name: self.values[name] for name in _FEE_COLUMNS if name in self.values}
        if "year" not in self.values:
            if wanted:
                raise ValidationError({str(self.columns["year"].label): gettext("is missing: a fee is for an operating year.")})
            return None
        return wanted

    def fee_of(self, membership):
        return membership.fees.filter(year=self.values["year"]).first() if membership.pk else None

    def related_changes(self, membership):
        wanted = self.wanted_fee()
        if wanted is None:
            return []
        fee = self.fee_of(membership)
        if fee is None and "amount" not in wanted:
            raise ValidationError({str(self.columns["amount"].label): gettext("is missing.")})
        changes = [] if fee else [(str(self.columns["year"].label), "", str(self.values["year"]))]
        for name, value in wanted.items():
            old = getattr(fee, name, None)
            if old != value:
                render = self.columns[name].widget.render
                changes.append((str(self.columns[name].label), render(old), render(value)))
        return changes

    def save_related(self, membership):
        wanted = self.wanted_fee()
        if wanted is not None:
            fee = self.fee_of(membership) or Fee(membership=membership, year=self.values["year"])
            for name, value in wanted.items():
                setattr(fee, name, value)
            fee.full_clean()
            fee.save()
