"""Fee rounds: the list, the rules in a form, and the page of a round with what it would write and what it has written."""

import datetime

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.widgets.button import Button, HeaderButton

from crm.exceptions import RegisterError
from crm.exporting import FeeRoundExport
from crm.models import ChangeSet, Fee, FeeRound, FeeRule, FeeSettings
from crm.services.fee_documents import documents_of
from crm.services.fee_rounds import carry_out, done_in_words, plan_round, suggested_rules
from crm.services.ledger import change_set
from crm.services.rights import may, may_view
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.fee_pages import FeesMixin, pdf_response
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn
from crm.years import OperatingYear


class RoundIndexView(RegisterIndexView):
    title_label = _("Fee round")
    title_sort_key = "year"

    def get_base_queryset(self):
        return super().get_base_queryset().annotate(fee_count=Count("fees"), total=Sum("fees__amount"))

    def get_title_url(self, instance):
        return reverse("feeround:inspect", args=[quote(instance.pk)])


class ToItsPageMixin:
    def get_success_url(self):
        return reverse("feeround:inspect", args=[quote(self.object.pk)])


class RoundCreateView(ToItsPageMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        """The rules of last time, for the year that has no round yet."""
        latest = FeeRound.objects.order_by("-year").first()
        year = max(OperatingYear.current(), OperatingYear(latest.year.start + 1)) if latest else OperatingYear.current()
        today = timezone.localdate()
        due = today + datetime.timedelta(days=FeeSettings.current().payment_days)
        return FeeRound(year=year, invoiced_on=today, due_on=due, rules=[FeeRule(**rule) for rule in suggested_rules()])


class RoundEditView(ToItsPageMixin, RegisterEditView):
    pass


class RoundView(FeesMixin, TemplateView):
    template_name = "admin/fees/round.html"

    @cached_property
    def round(self):
        found = FeeRound.objects.filter(pk=min(self.kwargs["pk"], LARGEST_NUMBER)).prefetch_related("rules").first()
        if found is None:
            raise Http404
        return found

    @property
    def trail(self):
        return [{"url": reverse("feeround:index"), "label": gettext("Fee rounds")}]

    def get_page_title(self):
        return gettext("Fee round %(year)s") % {"year": self.round.year}

    @cached_property
    def may_write(self):
        return may(self.request.user, "add", Fee) and may(self.request.user, "change", FeeRound)

    @cached_property
    def header_buttons(self):
        if not may(self.request.user, "change", FeeRound):
            return []
        return [HeaderButton(gettext("Edit"), url=reverse("feeround:edit", args=[self.round.pk]), icon_name="edit")]

    @cached_property
    def header_more_buttons(self):
        return [Button(gettext("History"), url=reverse("feeround:history", args=[self.round.pk]), icon_name="history", priority=12)]

    def post(self, request, pk):
        if not self.may_write:
            raise PermissionDenied
        offered = {number for number in request.POST.getlist("offered") if number.isdecimal()}
        without = {int(number) for number in offered - set(request.POST.getlist("member"))}
        try:
            with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT, note=str(self.get_page_title())):
                fees = carry_out(self.round, without=without, mark=request.POST.get("mark", ""), acting_user=request.user)
                buttons = buttons_to_undo_this(request.user)
        except RegisterError as error:
            messages.warning(request, str(error))
        except IntegrityError:  # two at the same moment
            messages.warning(request, gettext("Somebody else has just written fees. Look at the preview once more."))
        else:
            messages.success(request, done_in_words(fees), buttons=buttons)
        return redirect("feeround:inspect", pk)

    def get_context_data(self, **kwargs):
        plan = plan_round(self.round)
        written = Fee.objects.filter(fee_round=self.round).with_standing()
        return super().get_context_data(
            round=self.round,
            rules=list(self.round.rules.all()),
            plan=plan,
            written=list(written.select_related("membership__organisation").order_by("membership__organisation__sort_key", "pk")),
            total=sum(fee.amount for fee in written),
            may_write=self.may_write,
            may_see_members=may_view(self.request.user, Fee),
            grid_url=f"{reverse('fee:index')}?first={self.round.year}&last={self.round.year}",
            **kwargs,
        )


class RoundDocumentsView(FeesMixin, View):
    """The documents of a whole round as one PDF; what is nothing to pay has none."""

    def get(self, request, pk):
        fees = list(Fee.objects.filter(fee_round=min(pk, LARGEST_NUMBER), amount__gt=0))
        if not fees:
            raise Http404
        return pdf_response(documents_of(fees), f"avier-{fees[0].year.start}-{fees[0].year.start + 1}.pdf")


class FeeRoundViewSet(RegisterViewSet):
    model = FeeRound
    icon = "list-ol"
    menu_label = _("Fee rounds")
    menu_order = 320
    index_view_class = RoundIndexView
    add_view_class = RoundCreateView
    edit_view_class = RoundEditView
    search_fields = ["note"]
    exportable_class = FeeRoundExport
    list_display = [
        DayColumn("invoiced_on", label=_("Invoiced"), sort_key="invoiced_on"),
        DayColumn("due_on", label=_("Due"), sort_key="due_on"),
        NumberColumn("fee_count", label=_("Fees"), sort_key="fee_count"),
        NumberColumn("total", label=_("Sum (SEK)"), sort_key="total", may_be_missing=True),
        ListColumn("note", label=_("Note")),
    ]
    panels = [
        FieldPanel("year"),
        FieldRowPanel([FieldPanel("invoiced_on"), FieldPanel("due_on")]),
        InlinePanel(
            "rules",
            heading=_("Rules"),
            label=_("rule"),
            min_num=1,
            help_text=_(
                "One row for each kind of member. Where the fee depends on the municipality's inhabitants, one row for each step: "
                "from 0, from 20,000, from 40,000."
            ),
            panels=[FieldRowPanel([FieldPanel("kind"), FieldPanel("from_population"), FieldPanel("amount")])],
        ),
        FieldPanel("note"),
    ]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", RoundView.as_view(), name="inspect"),
            path("<int:pk>/documents/", RoundDocumentsView.as_view(), name="documents"),
        ]
