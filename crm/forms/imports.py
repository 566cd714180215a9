"""The forms of the import pages: what is uploaded, how it is read, and what is wished beyond the columns."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.importing.wishes import Wishes
from crm.models import Organisation
from crm.services.tables import ENCODINGS, Options, table_from_text

ENCODING_LABELS = {
    "utf-8": "UTF-8",
    "cp1252": _("Windows-1252 (Excel in Western Europe)"),
    "utf-16": "UTF-16",
    "mac-roman": _("Mac Roman (older Macs)"),
    "cp850": _("CP850 (MS-DOS)"),
    "iso-8859-1": "ISO 8859-1",
}
DELIMITER_LABELS = {";": _("Semicolon ;"), ",": _("Comma ,"), "\t": _("Tab"), "|": _("Vertical bar |")}
QUOTE_LABELS = {'"': _('Double "'), "'": _("Single '"), "": _("No quotation mark")}


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file?"))
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Excel, OpenDocument, CSV or vCard. CSV from a Swedish Excel works as it is."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xlsb,.xls,.ods,.vcf"}),
    )
    text = forms.CharField(
        label=_("Or paste cells"),
        required=False,
        strip=False,
        help_text=_("Copy them in the spreadsheet, with the headings, and paste them here."),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds.items())
        self.fields["file"].error_messages["empty"] = _("The file is empty. Save the spreadsheet once more and upload it again.")

    def clean(self):
        has_text = bool(self.cleaned_data.get("text", "").strip())
        if "file" in self.errors:
            return
        if self.cleaned_data.get("file") and has_text:
            self.add_error("text", _("Choose a file or paste cells, not both."))
        elif not self.cleaned_data.get("file") and not has_text:
            self.add_error("file", _("Choose a file, or paste cells below."))

    def upload(self):
        """Return (content, file name)."""
        if file := self.cleaned_data["file"]:
            return file, file.name
        return table_from_text(self.cleaned_data["text"]), str(_("Pasted cells"))


class ReadingForm(forms.Form):
    """How a file is read. Only what its format leaves open is asked."""

    sheet = forms.ChoiceField(label=_("Sheet"))
    header_row = forms.IntegerField(
        label=_("Row with the headings"), min_value=0, max_value=1000, help_text=_("0: the file has no headings.")
    )
    delimiter = forms.ChoiceField(label=_("Between the cells"))
    quote = forms.ChoiceField(label=_("Quotation mark"), choices=list(QUOTE_LABELS.items()), required=False)
    encoding = forms.ChoiceField(label=_("Characters"), choices=[(name, ENCODING_LABELS[name]) for name in ENCODINGS])

    def __init__(self, data=None, *, options, sheets):
        self.options = options
        super().__init__(data, initial=options.to_json())
        asked = {"csv": ("header_row", "delimiter", "quote", "encoding"), "vcard": ("encoding",)}
        for name in set(self.fields) - set(asked.get(options.format, ("sheet", "header_row"))):
            del self.fields[name]
        if "sheet" in self.fields:
            self.fields["sheet"].choices = [(name, name) for name in sheets]
        if "delimiter" in self.fields:
            labels = {options.delimiter: options.delimiter, **DELIMITER_LABELS} if options.delimiter else DELIMITER_LABELS
            self.fields["delimiter"].choices = list(labels.items())

    def chosen(self):
        """Return Options. Elsewhere in the file the headings are looked for anew, unless their row is given too."""
        values = {**self.options.to_json(), **self.cleaned_data}
        moved = {"sheet", "delimiter", "encoding"} & set(self.changed_data)
        if moved and "header_row" not in self.changed_data:
            values.pop("header_row", None)
        return Options.from_json(values)


class WishesForm(forms.Form):
    """The Wishes of an import of contacts, in plain words."""

    create_organisations = forms.BooleanField(label=_("Create organisations that the register lacks"), required=False)
    organisation_kind = forms.ChoiceField(label=_("New organisations are"), choices=Organisation.Kind, required=False)
    by_domain = forms.BooleanField(
        label=_("Find the organisation by the mail domain where the row names none"),
        required=False,
        help_text=_("anna@skara.example then belongs to the organisation that uses skara.example."),
    )
    unknown_roles = forms.ChoiceField(
        label=_("Roles that the register lacks"),
        choices=[("refuse", _("Ask me")), ("title", _("Write them as titles"))],
        widget=forms.RadioSelect,
        required=False,
    )
    new_organisation = forms.ChoiceField(
        label=_("Somebody turns up at another organisation than before"),
        choices=[
            ("ask", _("Ask me about each")),
            ("change", _("They have changed jobs: the old role ends")),
            ("add", _("They hold both roles")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    wipe_empty = forms.BooleanField(
        label=_("Empty cells empty what stands in the register"),
        required=False,
        help_text=_("Only when the file is complete. Otherwise empty cells change nothing."),
    )

    def __init__(self, *args, wishes, may_add_organisations, **kwargs):
        super().__init__(*args, initial=wishes.to_json(), **kwargs)
        if not may_add_organisations:
            del self.fields["create_organisations"], self.fields["organisation_kind"]

    def chosen(self):
        given = {name: value for name, value in self.cleaned_data.items() if value != ""}
        return Wishes.from_json({**self.initial, "create_organisations": False, **given})
