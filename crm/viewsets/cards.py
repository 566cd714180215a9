"""One contact as a vCard, for the address book of a phone; and a QR code with the most important of it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.exporting import ContactExport, log
from crm.exporting.files import FORMATS, parts
from crm.exporting.qr_codes import contact_text, organisation_text, svg_of
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


@method_decorator(never_cache, "dispatch")
class QrCodeView(PermissionCheckedMixin, View):
    model = None
    permission_required = "change"

    def get(self, request, pk):
        record = get_object_or_404(self.model, pk=pk)
        text = contact_text(record) if self.model is Contact else organisation_text(record)
        title = _("QR code: %(name)s") % {"name": record}
        return HttpResponse(svg_of(text, title=title), content_type="image/svg+xml")
