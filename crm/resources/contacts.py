"""People with their role at an organisation: one row per person and role."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Affiliation, Contact, ContactPoint, Organisation, Role
from crm.resources.base import Column, RegisterResource
from crm.resources.contact_points import (
    KINDS,
    email_column,
    export_point,
    mobile_column,
    phone_column,
    point_changes,
    save_points,
)
from crm.resources.organisations import ORGANISATION_MISSING, by_id
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, LongTextWidget, RecordNumberWidget, RecordWidget, YesNoWidget

# Addresses of a desk rather than of a person: sharing one doesn't make two people the same.
_SHARED_LOCAL_PARTS = {
    "info", "kontakt", "kontakta", "kansli", "kansliet", "expedition", "expeditionen", "reception", "registrator", "kommun",
    "kommunen", "vux", "komvux", "vuxenutbildning", "vuxenutbildningen", "larcentrum", "rektor", "syv", "studievagledning",
    "office", "post", "mail",
}  # fmt: skip
_AFFILIATION_COLUMNS = ("title", "since", "until", "end_reason", "is_public")


@importer
class ContactResource(RegisterResource):
    kind = "contacts"
    title = _("Contacts")

    id = Column("id", _("No."), "Nr", "Id", widget=RecordNumberWidget())
    first_name = Column("first_name", _("First name"), "Förnamn", "Given name", "Fornamn", required=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", "Surname", "Family name", required=True)
    email = email_column()
    mobile = mobile_column()
    phone = phone_column()
    organisation = Column(
        "organisation",
        _("Organisation"),
        "Arbetsplats",
        "Company",
        "Organization",
        widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True),
        related=True,
    )
    role = Column(
        "role",
        _("Role"),
        "Roll",
        "Funktion",
        widget=RecordWidget(Role, _("there is none called “%(value)s”. Add it under Roles, or write it in the column Title instead.")),
        related=True,
    )
    affiliation_title = Column("title", _("Title"), "Titel", "Befattning", "Job title", related=True)
    since = Column("since", _("From"), "Från", "Since", "Började", widget=DayWidget(), related=True)
    until = Column("until", _("Until"), "Till", "To", "Slutade", widget=DayWidget(), related=True)
    end_reason = Column("end_reason", _("Why it ended"), "Slutorsak", "Reason", related=True)
    is_public = Column("is_public", _("May be published"), "Publiceras", "Publish", widget=YesNoWidget(), related=True)
    language = Column("language", _("Language"), "Språk", widget=ChoiceWidget(Contact.Language))
    source = Column("source", _("Source"), "Källa")
    note = Column("note", _("Note"), "Anteckning", "Anteckningar", "Notes", widget=LongTextWidget())

    class Meta(RegisterResource.Meta):
        model = Contact
        fields = (
            "id", "first_name", "last_name", "email", "mobile", "phone", "organisation", "role", "affiliation_title", "since", "until",
            "end_reason", "is_public", "language", "source", "note",
        )  # fmt: skip

    # Finding the person

    def find(self, values):
        if "id" in values:
            return by_id(Contact, values["id"])
        namesakes = Contact.objects.filter(sort_key=Contact(first_name=values["first_name"], last_name=values["last_name"]).make_sort_key())
        if "email" in values and (found := self.find_by_email(values, namesakes)):
            return found
        numbers = [ContactPoint.normalise(kind, values[name]) for name, kind in KINDS.items() if name in values and name != "email"]
        if numbers and (found := only(namesakes.filter(contact_points__normalised__in=numbers))):
            return found
        if "organisation" in values:
            return only(namesakes.filter(affiliations__organisation=values["organisation"]))
        return None

    def find_by_email(self, values, namesakes):
        address = ContactPoint.normalise(ContactPoint.Kind.EMAIL, values["email"])
        if found := only(namesakes.filter(contact_points__normalised=address)):
            return found
        holders = Contact.objects.filter(contact_points__normalised=address).distinct()
        if holders and not is_shared(address, holders):
            raise ValidationError(
                gettext(
                    "The address %(email)s already belongs to %(holder)s. Is it the same person? "
                    "Then write the name as in the register, or give the number %(id)d in the column No."
                )
                % {"email": address, "holder": holders[0], "id": holders[0].pk}
            )
        return None

    # The role

    def wanted_affiliation(self):
        """Return the role's cells of the row as {field: value}, or None when it names no organisation."""
        if "organisation" not in self.values:
            if "role" in self.values:
                raise ValidationError({str(self.columns["organisation"].label): gettext("is missing: a role is held at an organisation.")})
            return None
        if self.values["organisation"].is_archived and "until" not in self.values:
            message = gettext("“%(value)s” is archived. Restore it first, or say until when the role was held.")
            raise ValidationError({str(self.columns["organisation"].label): message % {"value": self.values["organisation"]}})
        return {name: self.values[column] for name, column in self._affiliation_columns() if column in self.values}

    @staticmethod
    def _affiliation_columns():
        yield from (("title", "affiliation_title"), *((name, name) for name in _AFFILIATION_COLUMNS[1:]))

    def affiliation_of(self, contact):
        """Return the contact's role that the row speaks of: same organisation and role, begun the same day or overlapping."""
        wanted = self.wanted_affiliation()
        if wanted is None or not contact.pk:
            return None
        roles = Affiliation.objects.filter(contact=contact, organisation=self.values["organisation"], role=self.values.get("role"))
        held = list(roles.newest_first())
        if "since" not in wanted:
            return held[0] if held else None
        same_day = [one for one in held if one.since == wanted["since"]]
        last_day = wanted.get("until")
        overlapping = [
            one
            for one in held
            if (one.until is None or one.until >= wanted["since"]) and (one.since is None or last_day is None or one.since <= last_day)
        ]
        return next(iter(same_day + overlapping), None)

    def related_changes(self, contact):
        changes = point_changes(self, contact)
        wanted = self.wanted_affiliation()
        if wanted is None:
            return changes
        affiliation = self.affiliation_of(contact)
        if affiliation is None:
            new = Affiliation(organisation=self.values["organisation"], role=self.values.get("role"), **wanted)
            new.full_clean(exclude=["contact"])
            changes.append((gettext("Role at an organisation"), "", str(new)))
            return changes
        for name, column_name in self._affiliation_columns():
            if name in wanted and getattr(affiliation, name) != wanted[name]:
                column = self.columns[column_name]
                changes.append((str(column.label), column.widget.render(getattr(affiliation, name)), column.widget.render(wanted[name])))
        return changes

    def save_related(self, contact):
        save_points(self, contact, source=gettext("import"))
        wanted = self.wanted_affiliation()
        if wanted is None:
            return
        affiliation = self.affiliation_of(contact) or Affiliation(
            contact=contact, organisation=self.values["organisation"], role=self.values.get("role"), source=gettext("import")
        )
        for name, value in wanted.items():
            setattr(affiliation, name, value)
        affiliation.full_clean(exclude=["contact"])
        affiliation.save()

    # Export: a row for each role a person holds today

    def get_queryset(self):
        return Contact.objects.all()

    def iter_queryset(self, queryset):
        for contact in queryset.prefetch_related(None).for_list().iterator(chunk_size=500):
            for affiliation in contact.current_affiliations or [None]:
                contact.exported_affiliation = affiliation
                yield contact

    def dehydrate_email(self, contact):
        return export_point(contact, "email")

    def dehydrate_mobile(self, contact):
        return export_point(contact, "mobile")

    def dehydrate_phone(self, contact):
        return export_point(contact, "phone")

    def _dehydrate_role_column(self, contact, column, attribute):
        value = getattr(contact.exported_affiliation, attribute, None) if contact.exported_affiliation else None
        return self.columns[column].widget.render(value) if contact.exported_affiliation else ""

    def dehydrate_organisation(self, contact):
        return self._dehydrate_role_column(contact, "organisation", "organisation")

    def dehydrate_role(self, contact):
        return self._dehydrate_role_column(contact, "role", "role")

    def dehydrate_affiliation_title(self, contact):
        return self._dehydrate_role_column(contact, "affiliation_title", "title")

    def dehydrate_since(self, contact):
        return self._dehydrate_role_column(contact, "since", "since")

    def dehydrate_until(self, contact):
        return self._dehydrate_role_column(contact, "until", "until")

    def dehydrate_end_reason(self, contact):
        return self._dehydrate_role_column(contact, "end_reason", "end_reason")

    def dehydrate_is_public(self, contact):
        return self._dehydrate_role_column(contact, "is_public", "is_public")


def only(contacts):
    """Return the one contact there is, None when there is none; several are for a person to tell apart."""
    found = list(contacts.distinct()[:2])
    if len(found) > 1:
        raise ValidationError(
            gettext("There is more than one %(name)s in the register. Give the number in the column No.") % {"name": found[0]}
        )
    return found[0] if found else None


def is_shared(address, holders):
    """Whether an address is a desk's: by its name, because an organisation has it, or because several people do."""
    local_part = address.split("@")[0]
    return (
        local_part in _SHARED_LOCAL_PARTS
        or len(holders) > 1
        or ContactPoint.objects.filter(normalised=address, organisation__isnull=False).exists()
    )
