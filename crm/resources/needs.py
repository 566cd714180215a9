"""Training needs, one row for each: from a list of one's own, or the answers to a survey as its tool writes them.

A company that is not in the register is added. What fits none of the choices is kept as it was said: a survey is not asked again.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Affiliation, Contact, ContactPoint, Municipality, Need
from crm.resources.base import Column, RegisterResource
from crm.resources.companies import company_of, is_new
from crm.resources.organisations import OrganisationNumberWidget
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, EmailWidget, LongTextWidget, RecordWidget, WholeNumberWidget
from crm.services.guesses import guess_area, guess_level, guess_number, guess_period, guess_sector
from crm.training import Area, Level, Sector

# What is kept in words where it is none of the choices.
LENIENT = ("municipality", "sector", "area", "level", "people", "since", "until", "contact_email")


class GuessWidget(ChoiceWidget):
    """One of a field's choices, or what sounds like one of them."""

    def __init__(self, choices, guess):
        super().__init__(choices)
        self.guess = guess

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value)
        except ValidationError:
            if guessed := self.guess(value):
                return guessed.value
            raise


class LevelWidget(GuessWidget):
    def clean(self, value, row=None, **kwargs):
        if (guessed := self.guess(value)) is None:
            raise ValidationError(gettext("“%(value)s” is no SeQF level, which go from 1 to 8.") % {"value": value})
        return guessed.value


class PeopleWidget(WholeNumberWidget):
    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value)
        except ValidationError:
            if (guessed := guess_number(value)) is None:
                raise
            return guessed


class PlaceWidget(RecordWidget):
    """A municipality, with or without the word for it: "Åmål", "Åmåls kommun"."""

    def clean(self, value, row=None, **kwargs):
        name = " ".join(str(value).split())
        bare = name.removesuffix(" kommun").removesuffix(" stad")
        for one in dict.fromkeys([name, bare, bare.removesuffix("s")]):
            if one.casefold() in self._by_name:
                return super().clean(one)
        raise ValidationError(self.missing % {"value": name})


@importer
class NeedResource(RegisterResource):
    kind = "needs"
    title = _("Training needs, also from surveys")
    permissions = ("crm.add_organisation",)

    company = Column(
        "company", _("Company"), "Företag", "Företagsnamn", "Företagets namn", "Arbetsgivare", "Organisation", required=True, related=True
    )
    company_number = Column(
        "company_number", _("Organisation number"), "Orgnr", "Org.nr", "Organisationsnr", widget=OrganisationNumberWidget(), related=True
    )
    municipality = Column(
        "municipality",
        _("Municipality"),
        "Kommun",
        "Ort",
        widget=PlaceWidget(Municipality, _("there is none called “%(value)s”. Check the spelling.")),
    )
    sector = Column("sector", _("Sector"), "Bransch", "Industry", "Line of business", widget=GuessWidget(Sector, guess_sector))
    area = Column(
        "area",
        _("Area of education"),
        "Utbildningsområde",
        "Kompetensområde",
        "Område",
        "Area",
        "Kompetensbehov",
        widget=GuessWidget(Area, guess_area),
    )
    level = Column("level", _("SeQF level"), "SeQF-nivå", "SeQF", "Nivå", "EQF", "Level", widget=LevelWidget(Level, guess_level))
    people = Column(
        "people", _("People"), "Antal personer", "Antal", "Antal deltagare", "Antal anställda", "Number of people", widget=PeopleWidget()
    )
    when = Column("when", _("When"), "När", "Period", "Tidpunkt", "Önskad tid")
    since = Column("since", _("From"), "Från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", widget=DayWidget())
    text = Column("text", _("What is needed"), "Behov", "Beskrivning", "Beskriv behovet", "Kommentar", "Fritext", widget=LongTextWidget())
    state = Column("state", _("State"), "Läge", "Status", widget=ChoiceWidget(Need.State))
    source = Column("source", _("Source"), "Källa", widget=ChoiceWidget(Need.Source))
    received_on = Column("received_on", _("Received"), "Inkom", "Datum", "Svarsdatum", "Tidsstämpel", "Timestamp", widget=DayWidget())
    contact_name = Column("contact_name", _("Contact"), "Kontaktperson", "Kontakt", "Namn", "Contact person", related=True)
    contact_email = Column(
        "contact_email", _("E-mail, as written"), "E-post", "E-postadress", "Mejl", "E-mail", widget=EmailWidget(), related=True
    )
    contact_phone = Column("contact_phone", _("Phone, as written"), "Telefon", "Telefonnummer", "Phone")
    as_said = Column("as_said", _("Other words for it"), "Sagt på annat sätt")
    answer_id = Column(
        "answer_id",
        _("Number of the answer"),
        "Svar-ID",
        "Svarsnummer",
        "Svarsid",
        "Respondent-ID",
        "Respondent ID",
        "Response ID",
        "Answer ID",
    )

    class Meta(RegisterResource.Meta):
        model = Need
        fields = (
            "company", "company_number", "municipality", "sector", "area", "level", "people", "when", "since", "until", "text", "state",
            "source", "received_on", "contact_name", "contact_email", "contact_phone", "as_said", "answer_id",
        )  # fmt: skip

    def clean_row(self, row):
        """What is in doubt does not cost the answer: it is kept in the words that were used."""
        cells, said = dict(row), []
        for name in LENIENT:
            text = " ".join(str(cells.get(name) or "").split())
            try:
                if text:
                    self.columns[name].widget.clean(text)
            except ValidationError:
                cells[name] = ""
                said.append(text)
        values = super().clean_row(cells)
        if said:
            values["as_said"] = "; ".join(dict.fromkeys([*filter(None, [values.get("as_said")]), *said]))[:300]
        if "when" in values and not values.keys() & {"since", "until"}:
            first, last = guess_period(values["when"])
            values |= {"since": first, "until": last} if first else {}
        return values

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        values = self.values
        self.company_found = company_of(values["company"], values.get("company_number", ""), values.get("municipality"))
        self.contact_found = self._contact()

    def _contact(self):
        """Somebody of the register: by the address, or by the name among the people of the company."""
        people = Contact.objects.active()
        if address := self.values.get("contact_email"):
            normalised = ContactPoint.normalise(ContactPoint.Kind.EMAIL, address)
            found = list(people.filter(contact_points__normalised=normalised).distinct()[:2])
            if len(found) == 1:
                return found[0]
        if (name := self.values.get("contact_name")) and not is_new(self.company_found):
            held = Affiliation.objects.filter(organisation=self.company_found)
            there = people.filter(pk__in=held.order_by().values("contact")).search(name)
            found = [one for one in there[:10] if one.name.casefold() == name.casefold()]
            if len(found) == 1:
                return found[0]
        return None

    def find(self, values):
        """By the number of the answer; without one, what the company has said of the same thing."""
        if "answer_id" in values:
            return Need.objects.filter(source=values.get("source", Need.Source.SURVEY), answer_id=values["answer_id"]).first()
        if is_new(self.company_found):
            return None
        same = {name: values[name] for name in ("received_on", "area", "level", "since", "source") if name in values}
        return Need.objects.filter(organisation=self.company_found, text=values.get("text", ""), **same).order_by("pk").first()

    def import_instance(self, instance, row, **kwargs):
        self.before = {name: getattr(instance, name) for name in ("organisation", "contact", "contact_name", "contact_email")}
        if instance.pk is None:
            instance.source = Need.Source.SURVEY if "answer_id" in self.values else Need.Source.OTHER
        super().import_instance(instance, row, **kwargs)
        if not is_new(self.company_found):
            instance.organisation = self.company_found
        if instance.contact_id is None:
            self._set_contact(instance)

    def _set_contact(self, instance):
        """As somebody of the register, or else in words: a person is not added because of an answer to a survey."""
        if self.contact_found:
            instance.contact = self.contact_found
            return
        instance.contact_name = self.values.get("contact_name", instance.contact_name)[:150]
        instance.contact_email = self.values.get("contact_email", instance.contact_email)

    def related_changes(self, need):
        company, changes = self.company_found, []
        if self.before["organisation"] != company:
            new = gettext("%(company)s (new in the register)") % {"company": company} if is_new(company) else str(company)
            changes.append((str(self.columns["company"].label), str(self.before["organisation"] or ""), new))
        for name in ("contact", "contact_name", "contact_email"):
            if (old := self.before[name]) != (new := getattr(need, name)):
                changes.append((gettext("Contact"), str(old or ""), str(new or "")))
        return changes

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        # Without constraints: the company may be one that the row is about to add.
        instance.full_clean(exclude=["organisation"], validate_constraints=False)

    def before_save_instance(self, instance, row, **kwargs):
        if is_new(self.company_found):
            self.company_found.save()
        instance.organisation = self.company_found
