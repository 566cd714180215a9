"""What a member got for its fee: a page for each member and year, and the same as PDF."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.generic import TemplateView, View
from wagtail.admin.widgets.button import HeaderButton

from crm.models import Organisation
from crm.services.member_years import as_pdf, member_year, was_member
from crm.services.rights import may_view
from crm.viewsets.fee_pages import FeesMixin, pdf_response
from crm.viewsets.history import LARGEST_NUMBER
from crm.viewsets.links import page_url_for
from crm.years import OperatingYear

FIRST_YEAR, LAST_YEAR = 1900, 2100


class MemberYearMixin(FeesMixin):
    header_icon = "tick-inverse"

    def dispatch(self, request, *args, **kwargs):
        if not may_view(request.user, Organisation):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def year(self):
        if not FIRST_YEAR <= self.kwargs["start"] <= LAST_YEAR:
            raise Http404
        return OperatingYear(self.kwargs["start"])

    @cached_property
    def organisation(self):
        return get_object_or_404(Organisation.objects.select_related("municipality"), pk=min(self.kwargs["organisation"], LARGEST_NUMBER))

    @cached_property
    def found(self):
        found = member_year(self.organisation, self.year, self.request.user)
        if not found.fees and not was_member(self.organisation, self.year):
            raise Http404
        return found


class MemberYearView(MemberYearMixin, TemplateView):
    template_name = "admin/fees/member_year.html"

    def get_page_title(self):
        return gettext("What %(member)s got for the fee %(year)s") % {"member": self.organisation, "year": self.year}

    @property
    def trail(self):
        return [{"url": reverse("organisation:inspect", args=[self.organisation.pk]), "label": str(self.organisation)}]

    @cached_property
    def header_buttons(self):
        url = reverse("fee:member_year_pdf", args=[self.organisation.pk, self.year.start])
        return [HeaderButton(gettext("As PDF"), url=url, icon_name="doc-full")]

    def year_url(self, step):
        year = OperatingYear(self.year.start + step)
        return reverse("fee:member_year", args=[self.organisation.pk, year.start]) if was_member(self.organisation, year) else ""

    def get_context_data(self, **kwargs):
        for part in self.found.parts:
            for row in part.rows:
                row.url = page_url_for(self.request.user, type(row.record), row.record.pk) if row.record else ""
        return super().get_context_data(
            found=self.found,
            previous_url=self.year_url(-1),
            next_url=self.year_url(1),
            previous_year=OperatingYear(self.year.start - 1),
            next_year=OperatingYear(self.year.start + 1),
            **kwargs,
        )


class MemberYearPdfView(MemberYearMixin, View):
    def get(self, request, organisation, start):
        return pdf_response(as_pdf(self.found), f"{slugify(self.organisation)}-{self.year.start}-{self.year.start + 1}.pdf")
