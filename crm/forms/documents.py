from django import forms

from crm.models import Document


class DocumentForm(forms.ModelForm):
    """What a document is called. The file stays as it is: another one is another document."""

    class Meta:
        model = Document
        fields = ["title"]
