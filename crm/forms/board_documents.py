from pathlib import PurePath

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from crm.forms.board import ElectionField
from crm.models import Activity, BoardDocument
from crm.services.documents import MAX_MEGABYTES


class BoardDocumentForm(WagtailAdminModelForm):
    meeting = ElectionField(label=_("Board meeting"), queryset=Activity.objects.none(), required=False)
    file = forms.FileField(label=_("File"), widget=forms.FileInput)

    class Meta(WagtailAdminModelForm.Meta):
        model = BoardDocument
        fields = ["title", "kind", "day", "meeting", "file"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        meetings = Activity.objects.filter(kind=Activity.Kind.BOARD_MEETING)
        self.fields["meeting"].queryset = meetings.newest_first()
        if self.instance.pk:
            self.fields["file"].required = False
            self.fields["file"].help_text = _("Leave empty to keep the file “%(name)s”.") % {"name": self.instance.filename}
        else:
            self.fields["file"].help_text = _("Any kind of file, at most %(number)d MB.") % {"number": MAX_MEGABYTES}

    def clean_file(self):
        file = self.cleaned_data.get("file")
        if file and hasattr(file, "content_type"):
            if not file.size:
                raise forms.ValidationError(_("The file is empty."))
            if file.size > MAX_MEGABYTES * 1024 * 1024:
                raise forms.ValidationError(_("The file is larger than %(number)d MB.") % {"number": MAX_MEGABYTES})
            self.uploaded = file
        return file

    uploaded = None

    def save(self, commit=True):
        if self.uploaded:
            path = PurePath(self.uploaded.name)
            suffix = path.suffix[:20]
            self.instance.filename = path.name.removesuffix(path.suffix)[: 255 - len(suffix)] + suffix
            self.instance.size = self.uploaded.size
        return super().save(commit)
