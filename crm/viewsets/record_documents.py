"""The documents on a record's page: added by choosing or dropping files, called anew where they stand, removed."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from crm.exceptions import RegisterError
from crm.forms.documents import DocumentForm
from crm.models import ChangeSet
from crm.services.documents import add_documents, remove_document
from crm.services.ledger import change_set
from crm.viewsets.history import buttons_to_undo_this

DOCUMENT = "document-"  # the spot of one: "document-17"


class DocumentsMixin:
    def document(self, number):
        return get_object_or_404(self.object.documents, pk=number if number.isdecimal() and len(number) < 19 else 0)

    def document_url(self, number):
        return reverse(f"{self.about.kind}:document", args=[self.object.pk, number])

    def form_for(self, key):
        if not key.startswith(DOCUMENT):
            return super().form_for(key)
        data = self.request.POST if self.request.POST.get("do") == "edit" else None
        return DocumentForm(data, instance=self.document(key.removeprefix(DOCUMENT)), auto_id="spot-%s")

    def label_of(self, key, form):
        return str(form.instance) if key.startswith(DOCUMENT) else super().label_of(key, form)

    def add_documents(self):
        if not self.may_edit:
            raise PermissionDenied
        files = self.request.FILES.getlist("files")
        if not files:
            messages.error(self.request, _("Choose a file first."))
            return HttpResponseRedirect(self.own_url)
        try:
            with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
                added = add_documents(self.object, files, acting_user=self.request.user)
                buttons = buttons_to_undo_this(self.request.user)
        except RegisterError as error:
            messages.error(self.request, str(error))
            return HttpResponseRedirect(self.own_url)
        sentence = ngettext("Added: %(name)s.", "%(number)d documents are added.", len(added))
        messages.success(self.request, sentence % {"name": added[0], "number": len(added)}, buttons=buttons)
        return HttpResponseRedirect(f"{self.own_url}#documents")

    def remove_document(self):
        if not self.may_edit:
            raise PermissionDenied
        document = self.document(self.request.POST.get("document", ""))
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            remove_document(document, acting_user=self.request.user)
            buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, _("Removed: %(name)s.") % {"name": document.title}, buttons=buttons)
        return HttpResponseRedirect(self.own_url)  # to the top, where the way back stands
