"""The columns of a file of people. The headings are those of Outlook, Google, Thunderbird, CiviCRM and our own exports."""

from django.utils.translation import gettext_lazy as _

from crm.importing.columns import Column
from crm.models import Contact, Municipality, Organisation
from crm.resources.widgets import ChoiceWidget, CountryWidget, DayWidget, LongTextWidget, RecordNumberWidget, RecordWidget, YesNoWidget
from crm.validators import normalise_email, normalise_organisation_number, normalise_phone

HEADINGS = {
    "id": ["Nr"],
    "first_name": ["Förnamn", "Given name", "Fornamn", "Tilltalsnamn"],
    "last_name": ["Efternamn", "Surname", "Family name", "Last"],
    "full_name": ["Namn", "Name", "Full name", "Display name", "Visningsnamn", "Kontakt", "Kontaktperson", "Contact", "Person"],
    "email": [
        "E-post",
        "E-postadress",
        "Epost",
        "Mejl",
        "Mail",
        "Email",
        "E-mail address",
        "Email address",
        "E-mail 1 - Value",
        "Primary email",
        "Primär e-post",
        "Primär e-postadress",
        "Mejladress",
        "Mailadress",
        "E-post 1",
    ],
    "email_2": [
        "E-post 2",
        "E-postadress 2",
        "E-mail 2 address",
        "E-mail 2 - Value",
        "Secondary email",
        "Sekundär e-post",
        "Sekundär e-postadress",
    ],
    "email_3": ["E-post 3", "E-postadress 3", "E-mail 3 address", "E-mail 3 - Value"],
    "mobile": ["Mobil", "Mobiltelefon", "Mobilnummer", "Mobile phone", "Cell", "Mobile number", "Mobilnr", "Cell phone"],
    "phone": [
        "Telefon",
        "Telefonnummer",
        "Tel",
        "Tfn",
        "Business phone",
        "Phone number",
        "Telefon (arbete)",
        "Telefon, arbete",
        "Telefon arbete",
        "Work phone",
        "Arbetstelefon",
        "Telefonnr",
        "Phone 1 - Value",
        "Primary phone",
        "Direktnummer",
    ],
    "phone_2": [
        "Telefon 2",
        "Telefon (arbete) 2",
        "Telefon, arbete 2",
        "Business phone 2",
        "Phone 2 - Value",
        "Home phone",
        "Telefon (hem)",
        "Telefon, hem",
        "Hemtelefon",
        "Växel",
    ],
    "organisation": [
        "Arbetsplats",
        "Company",
        "Organization",
        "Organization Name",
        "Organization 1 - Name",
        "Företag",
        "Arbetsgivare",
        "Current employer",
        "Employer",
        "Organisationsnamn",
        "Lärcentrum",
    ],
    "municipality": ["Kommun"],
    "street": ["Gatuadress", "Business street", "Gata, arbete", "Work address", "Arbetsadress"],
    "postcode": ["Postnummer", "Postnr", "Business postal code", "Postnummer, arbete", "Work zipcode"],
    "city": ["Postort", "Ort", "Business city", "Postort, arbete", "Work city"],
    "country": ["Land", "Business country/region", "Land/region, arbete", "Work country"],
    "website": ["Webbplats", "Hemsida", "Web page", "Webbsida", "Website 1 - Value"],
    "role": ["Roll", "Funktion", "Uppdrag"],
    "title": ["Titel", "Befattning", "Job title", "Organization Title", "Organization 1 - Title", "Yrkestitel", "Tjänst"],
    "since": ["Från", "Since", "Började"],
    "until": ["Till", "To", "Slutade"],
    "end_reason": ["Slutorsak", "Reason"],
    "is_public": ["Publiceras", "Publish"],
    "language": ["Språk", "Preferred language"],
    "source": ["Källa", "Contact source"],
    "quick_facts": ["Snabbfakta", "Att tänka på"],
    "note": ["Anteckning", "Anteckningar", "Notes", "Note(s)", "Kommentar"],
}
POINT = {"max_length": 254, "repeats": False}


def email(text):
    return text, normalise_email(text)


def phone(text):
    return text, normalise_phone(text)


def website(text):
    address = text if "://" in text else f"https://{text}"
    Organisation(website=address).clean_fields([field.name for field in Organisation._meta.fields if field.name != "website"])
    return address


def columns():
    """Return {name: Column}."""
    municipality = RecordWidget(Municipality, _("there is none called “%(value)s”. Check the spelling."))
    language = ChoiceWidget(Contact.Language, sv_SE="sv", en_US="en", en_GB="en")
    found = [
        Column("id", _("No."), *HEADINGS.get("id", ()), clean=RecordNumberWidget().clean, repeats=False),
        Column("first_name", _("First name"), *HEADINGS.get("first_name", ()), max_length=100),
        Column("last_name", _("Last name"), *HEADINGS.get("last_name", ()), max_length=100),
        Column("full_name", _("Whole name"), *HEADINGS.get("full_name", ()), max_length=200, repeats=False),
        Column("email", _("E-mail"), *HEADINGS.get("email", ()), clean=email, **POINT),
        Column("email_2", _("Second e-mail"), *HEADINGS.get("email_2", ()), clean=email, **POINT),
        Column("email_3", _("Third e-mail"), *HEADINGS.get("email_3", ()), clean=email, **POINT),
        Column("mobile", _("Mobile"), *HEADINGS.get("mobile", ()), clean=phone, **POINT),
        Column("phone", _("Phone"), *HEADINGS.get("phone", ()), clean=phone, **POINT),
        Column("phone_2", _("Second phone"), *HEADINGS.get("phone_2", ()), clean=phone, **POINT),
        Column("organisation", _("Organisation"), *HEADINGS.get("organisation", ()), max_length=200),
        Column("organisation_number", _("Organisation number"), "Orgnr", "Org.nr", "Organisationsnr", clean=normalise_organisation_number),
        Column(
            "organisation_kind",
            _("Kind of organisation"),
            "Organisationstyp",
            clean=ChoiceWidget(Organisation.Kind).clean,
        ),
        Column("municipality", _("Municipality"), *HEADINGS.get("municipality", ()), clean=municipality.clean),
        Column("street", _("Street address"), *HEADINGS.get("street", ()), max_length=200),
        Column("postcode", _("Postcode"), *HEADINGS.get("postcode", ()), max_length=12),
        Column("city", _("Postal town"), *HEADINGS.get("city", ()), max_length=100),
        Column("country", _("Country"), *HEADINGS.get("country", ()), clean=CountryWidget().clean),
        Column("website", _("Web site"), *HEADINGS.get("website", ()), clean=website, max_length=200),
        Column("role", _("Role"), *HEADINGS.get("role", ()), max_length=100),
        Column("title", _("Title"), *HEADINGS.get("title", ()), max_length=150),
        Column("since", _("From"), *HEADINGS.get("since", ()), clean=DayWidget().clean),
        Column("until", _("Until"), *HEADINGS.get("until", ()), clean=DayWidget().clean),
        Column("end_reason", _("Why it ended"), *HEADINGS.get("end_reason", ()), max_length=200),
        Column("is_public", _("May be published"), *HEADINGS.get("is_public", ()), clean=YesNoWidget().clean),
        Column(
            "language",
            _("Language"),
            *HEADINGS.get("language", ()),
            clean=language.clean,
        ),
        Column("source", _("Source"), *HEADINGS.get("source", ()), max_length=200),
        Column("quick_facts", _("Quick facts"), *HEADINGS.get("quick_facts", ()), max_length=200),
        Column("note", _("Note"), *HEADINGS.get("note", ()), clean=LongTextWidget().clean, repeats=False),
    ]
    return {column.name: column for column in found}
