from django.apps import apps
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StructBlock, StructValue
from wagtail.documents.blocks import DocumentChooserBlock


class FileValue(StructValue):
    @cached_property
    def title(self):
        return self.get("name") or getattr(self.get("document"), "title", "")

    @cached_property
    def kind(self):
        """The kind of file as people say it: PDF, XLSX."""
        return self["document"].file_extension.upper() if self.get("document") else ""


class FileBlock(StructBlock):
    document = DocumentChooserBlock(label=_("file"))
    name = CharBlock(
        label=_("text of the link"), required=False, max_length=150, help_text=_("Empty: the name of the file in the library.")
    )

    class Meta:
        icon = "doc-full"
        label = _("File")
        template = "blocks/file.html"
        value_class = FileValue


class FilesBlock(StructBlock):
    heading = CharBlock(label=_("heading"), required=False, max_length=100)
    files = ListBlock(FileBlock(), label=_("files"), min_num=1)

    class Meta:
        icon = "doc-full"
        label = _("Files")
        description = _("Files to download, with their kind and size.")
        template = "blocks/files.html"

    def get_preview_value(self):
        """The newest documents of the library: a preview can only show what has been uploaded."""
        documents = apps.get_model("wagtaildocs.Document").objects.order_by("-pk")[:2]
        files = [{"document": document.pk, "name": ""} for document in documents]
        return self.to_python({"heading": "Ladda ned", "files": files})
