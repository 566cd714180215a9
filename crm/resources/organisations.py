import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Municipality, Organisation
from crm.resources.base import Column, RegisterResource
from crm.resources.contact_points import email_column, phone_column, point_changes, save_points
from crm.resources.registry import importer
from crm.resources.widgets import (
    ChoiceWidget,
    CountryWidget,
    DayWidget,
    LongTextWidget,
    RecordNumberWidget,
    RecordWidget,
    TextWidget,
    YesNoWidget,
)
from crm.services.merged_records import survivor_of
from crm.validators import normalise_organisation_number

ORGANISATION_MISSING = _("“%(value)s” is not in the register. Import or add it first.")


class OrganisationNumberWidget(TextWidget):
    def clean(self, value, row=None, **kwargs):
        return normalise_organisation_number(value)


class WebsiteWidget(TextWidget):
    def clean(self, value, row=None, **kwargs):
        address = super().clean(value)
        return address if "://" in address else f"https://{address}"


@importer
class OrganisationResource(RegisterResource):
    kind = "organisations"
    title = _("Organisations")

    id = Column("id", _("No."), "Nr", "Id", widget=RecordNumberWidget())
    name = Column("name", _("Organisation"), "Namn", "Name", "Organisationsnamn", "Company", required=True)
    organisation_kind = Column("kind", _("Kind"), "Typ", "Type", "Slag", widget=ChoiceWidget(Organisation.Kind))
    parent = Column("parent", _("Belongs to"), "Tillhör", "Parent", widget=RecordWidget(Organisation, ORGANISATION_MISSING))
    organisation_number = Column(
        "organisation_number", _("Organisation number"), "Orgnr", "Org.nr", "Organisationsnr", widget=OrganisationNumberWidget()
    )
    municipality = Column(
        "municipality",
        _("Municipality"),
        "Kommun",
        widget=RecordWidget(Municipality, _("there is none called “%(value)s”. Check the spelling.")),
    )
    country = Column("country", _("Country"), "Land", widget=CountryWidget())
    email = email_column()
    phone = phone_column()
    website = Column("website", _("Web site"), "Webbplats", "Hemsida", "Webb", widget=WebsiteWidget())
    street = Column("street", _("Street address"), "Gatuadress", "Adress", "Address")
    postcode = Column("postcode", _("Postcode"), "Postnummer", "Postnr")
    city = Column("city", _("Postal town"), "Ort", "Postort", "City")
    is_own = Column("is_own", _("The association itself"), "Den egna föreningen", widget=YesNoWidget())
    quick_facts = Column("quick_facts", _("Quick facts"), "Snabbfakta", "Att tänka på")
    note = Column("note", _("Note"), "Anteckning", "Anteckningar", "Notes", widget=LongTextWidget())
    archived_on = Column("archived_on", _("Archived"), "Arkiverad", widget=DayWidget(), related=True)

    class Meta(RegisterResource.Meta):
        model = Organisation
        fields = (
            "id", "name", "organisation_kind", "parent", "organisation_number", "municipality", "country", "email", "phone",
            "website", "street", "postcode", "city", "is_own", "quick_facts", "note", "archived_on",
        )  # fmt: skip

    def find(self, values):
        if "id" in values:
            found = by_id(Organisation, values["id"])
            if found.pk != values["id"]:  # what it was is a part of this one now; the name goes with the former number
                self.values = {name: value for name, value in values.items() if name != "name"} | {"id": found.pk}
            return found
        by_number = Organisation.objects.filter(organisation_number=values.get("organisation_number") or None).first()
        by_name = [one for one in Organisation.objects.filter(sort_key=_sort_key(values["name"]))[:2]]
        if by_number:
            return by_number
        if len(by_name) > 1:
            raise ValidationError(
                gettext("There is more than one “%(value)s” in the register. Give its number.") % {"value": values["name"]}
            )
        return by_name[0] if by_name else None

    def related_changes(self, instance):
        changes = point_changes(self, instance)
        if "archived_on" in self.values and not instance.is_archived:
            changes.append((str(self.columns["archived_on"].label), "", self.values["archived_on"].isoformat()))
        return changes

    def save_related(self, instance):
        save_points(self, instance, source=gettext("import"))
        if "archived_on" in self.values and not instance.is_archived:
            noon = datetime.datetime.combine(self.values["archived_on"], datetime.time(12))
            instance.archived_at = timezone.make_aware(noon)
            instance.save(update_fields=["archived_at"])


def by_id(model, pk):
    record = model.objects.filter(pk=pk).first() or survivor_of(model, pk)
    if record is None:
        raise ValidationError(gettext("There is no number %(id)s in the register. Leave the cell empty for a new one.") % {"id": pk})
    return record


def _sort_key(name):
    return Organisation(name=name).make_sort_key()
