"""What the pages about fees have in common."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from crm.models import Fee
from crm.services.rights import may, may_view
from crm.viewsets.history import LARGEST_NUMBER


class FeesMixin(WagtailAdminTemplateMixin):
    """For pages about fees: who may see them, and where they stand."""

    header_icon = "clipboard-list"
    needs = "view"  # of fees

    def dispatch(self, request, *args, **kwargs):
        allowed = may_view(request.user, Fee) if self.needs == "view" else may(request.user, self.needs, Fee)
        if not allowed:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def trail(self):
        return []

    def get_breadcrumbs_items(self):
        grid = {"url": reverse("fee:index"), "label": gettext("Fees")}
        return [*self.breadcrumbs_items, grid, *self.trail, {"url": "", "label": self.get_page_title()}]

    def fee_with(self, pk):
        fees = Fee.objects.with_standing().select_related("membership__organisation", "membership__fee_contact", "fee_round")
        return get_object_or_404(fees, pk=min(pk, LARGEST_NUMBER))


def pdf_response(content, name):
    """Shown in the browser, which offers to keep and to print it."""
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
