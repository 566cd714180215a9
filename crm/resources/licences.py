from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Licence, Organisation
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, LongTextWidget, NumberWidget, RecordWidget, YesNoWidget

MOST_SEATS = 2_000_000_000  # that both databases hold


class CountWidget(NumberWidget):
    def clean(self, value, row=None, **kwargs):
        number = super().clean(value)
        if number != int(number) or not 0 <= number <= MOST_SEATS:
            raise ValidationError(gettext("“%(value)s” is not a number of seats.") % {"value": value})
        return int(number)


class MoneyWidget(NumberWidget):
    def clean(self, value, row=None, **kwargs):
        """In kronor and öre, as it is stored; what is finer than that the record refuses."""
        number = super().clean(value)
        rounded = number.quantize(Decimal("0.01"))
        return rounded if rounded == number else number


@importer
class LicenceResource(RegisterResource):
    kind = "licences"
    title = _("Licences")

    name = Column("name", _("Licence"), "Licens", "Produkt", "Verktyg", "Namn", "Name", required=True)
    licence_kind = Column("kind", _("Kind of licence"), "Typ", "Slag", widget=ChoiceWidget(Licence.Kind))
    supplier = Column(
        "supplier", _("Supplier"), "Leverantör", "Ägare", "Owner", widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True)
    )
    seats = Column("seats", _("Seats"), "Platser", "Antal platser", "Antal", widget=CountWidget())
    price = Column("price", _("Price (SEK)"), "Pris", widget=MoneyWidget())
    value = Column("value", _("Value (SEK)"), "Värde", widget=MoneyWidget())
    since = Column("since", _("From"), "Från", "Avtal från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", "Avtal till", widget=DayWidget())
    expected_at_members = Column(
        "expected_at_members", _("Every member should have one"), "Bör finnas hos varje medlem", widget=YesNoWidget()
    )
    description = Column("description", _("Description"), "Beskrivning", widget=LongTextWidget())
    note = Column("note", _("Note"), "Anteckning", widget=LongTextWidget())

    class Meta(RegisterResource.Meta):
        model = Licence
        fields = (
            "name",
            "licence_kind",
            "supplier",
            "seats",
            "price",
            "value",
            "since",
            "until",
            "expected_at_members",
            "description",
            "note",
        )

    def find(self, values):
        return Licence.objects.filter(name=values["name"]).first()
