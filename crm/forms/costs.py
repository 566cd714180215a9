from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from crm.exceptions import RegisterError
from crm.models import Cost, Document
from crm.services.documents import add_documents, refuse_unfit


class ProjectDocumentForm(WagtailAdminModelForm):
    """For what may have a document of its project as evidence: one that is there already, or a new file."""

    class Meta(WagtailAdminModelForm.Meta):
        pass

    document = forms.ModelChoiceField(
        label=_("Document of the project"), queryset=Document.objects.none(), required=False, empty_label=_("None")
    )
    file = forms.FileField(label=_("Or a new file"), required=False, help_text=_("It is kept among the documents of the project."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = Document.objects.filter(project=self.project_number).order_by("title", "pk")

    @property
    def project_number(self):
        """Of the project that is chosen, or is about to be."""
        asked = self.data.get(self.add_prefix("project")) if self.is_bound else self.instance.project_id
        return asked if str(asked).isdecimal() and len(str(asked)) < 19 else None

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file:
            try:
                refuse_unfit(file)
            except RegisterError as error:
                raise forms.ValidationError(str(error)) from error
        return file

    def save(self, commit=True):
        if file := self.cleaned_data.get("file"):
            (self.instance.document,) = add_documents(self.instance.project, [file], acting_user=self.for_user)
        return super().save(commit)


class CostForm(ProjectDocumentForm):
    class Meta(WagtailAdminModelForm.Meta):
        model = Cost
        fields = ["project", "day", "what", "amount", "voucher", "reported_on", "document"]
