"""The private files of a record: its picture, and its documents. They have no address of their own, and each is asked for here."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.models import Document, Pictured
from crm.services.pictures import CONTENT_TYPE


class FileView(PermissionCheckedMixin, View):
    """For whoever may see the record."""

    model = None
    any_permission_required = ("view", "change")

    def respond(self, file, **kwargs):
        # A file that came from outside must not do anything in our name, whatever it is.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'", **kwargs.pop("headers")}
        try:
            return FileResponse(file.open("rb"), headers=headers, **kwargs)
        except FileNotFoundError as error:
            raise Http404 from error


class PictureView(FileView):
    def get(self, request, pk):
        picture = get_object_or_404(self.model, pk=pk).picture
        if not picture:
            raise Http404
        return self.respond(picture, content_type=CONTENT_TYPE, headers={"Cache-Control": "private, max-age=3600"})


class DocumentView(FileView):
    def get(self, request, pk, number):
        document = get_object_or_404(Document, pk=number, **{self.model._meta.model_name: pk})
        headers = {"Cache-Control": "private, no-store"}
        return self.respond(
            document.file, as_attachment=True, filename=document.filename, content_type="application/octet-stream", headers=headers
        )


def file_patterns(viewset):
    key = f"<{viewset.pk_path_converter}:pk>"
    document = path(f"document/{key}/<int:number>/", viewset.construct_view(DocumentView), name="document")
    if not issubclass(viewset.model, Pictured):
        return [document]
    return [path(f"picture/{key}/", viewset.construct_view(PictureView), name="picture"), document]
