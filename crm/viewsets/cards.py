"""One contact as a vCard, for the address book of a phone."""

from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.exporting import ContactExport, log
from crm.exporting.files import FORMATS, parts
from crm.models import Contact
from crm.viewsets.exporting import download


class ContactCardView(PermissionCheckedMixin, View):
    model = Contact
    permission_required = "change"

    def get(self, request, pk):
        contact = get_object_or_404(Contact, pk=pk)
        file_format, exportable = FORMATS["vcard3"], ContactExport()
        export = log.begin(exportable, file_format=file_format, query=f"id={pk}", acting_user=request.user)
        made = parts(exportable, Contact.objects.filter(pk=pk), file_format=file_format, fields=())
        return download(log.counted(export, made), f"{slugify(contact.name) or pk}.{file_format.extension}", file_format)
