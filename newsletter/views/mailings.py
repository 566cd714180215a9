"""After the start: how far a mailing has come, and what became of each delivery."""

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views.generic.base import BaseListingView

from newsletter.models import Delivery, Mailing
from newsletter.services.audience import EXPLANATIONS, Reason
from newsletter.views.permissions import MayFollowMixin, may_follow


class DeliveryFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Delivery.State, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Delivery
        fields = []


class DecisionColumn(Column):
    """The choice that a delivery of unknown outcome leaves to a person."""

    cell_template_name = "newsletter/admin/decision_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        context["is_open"] = instance.state == Delivery.State.UNKNOWN and parent_context["request"].user.has_perm("newsletter.send_mailing")
        return context


class ReportView(MayFollowMixin, BaseListingView):
    template_name = "newsletter/admin/report.html"
    results_template_name = "newsletter/admin/results.html"
    header_icon = "mail"
    page_title = _("Sending")
    is_searchable = True
    paginate_by = 50
    default_ordering = "normalised"
    filterset_class = DeliveryFilterSet
    columns = [
        Column("name", label=_("Name")),
        Column("email", label=_("E-mail"), sort_key="normalised"),
        StatusTagColumn(
            "state", label=_("State"), accessor="get_state_display", primary=lambda delivery: delivery.state == Delivery.State.SENT
        ),
        DateColumn("sent_at", label=_("Sent")),
        Column("reason", label=_("Reason")),
        DecisionColumn("decision", label=_("Decide")),
    ]

    @cached_property
    def mailing(self):
        return get_object_or_404(Mailing.objects.select_related("issue", "newsletter", "created_by"), pk=self.kwargs["pk"])

    def get_base_queryset(self):
        return self.mailing.deliveries.all()

    def order_queryset(self, queryset):
        return queryset.order_by(self.ordering, "pk")

    def search_queryset(self, queryset):
        return queryset.search(self.search_query)

    def get_breadcrumbs_items(self):
        items = [*self.breadcrumbs_items, {"url": reverse("newsletter_issues:index"), "label": _("Issues")}]
        if self.mailing.issue:
            items.append({"url": reverse("wagtailadmin_pages:edit", args=[self.mailing.issue_id]), "label": self.mailing.issue.title})
        return [*items, {"url": "", "label": self.page_title}]

    def get_index_url(self):
        return reverse("newsletter_issues:report", args=[self.mailing.pk])

    def get_index_results_url(self):
        return reverse("newsletter_issues:report_results", args=[self.mailing.pk])

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.results_only:
            return context
        left_out = [(Reason(reason).label, EXPLANATIONS[reason], number) for reason, number in self.mailing.left_out.items()]
        may_send = self.request.user.has_perm("newsletter.send_mailing")
        return {**context, **progress_context(self.mailing), "left_out": left_out, "may_send": may_send}


@never_cache
def progress(request, pk):
    """The figures alone, which the report page asks for while the mailing is running."""
    if not may_follow(request.user):
        raise PermissionDenied
    return render(request, "newsletter/admin/progress.html", progress_context(get_object_or_404(Mailing, pk=pk)))


def progress_context(mailing):
    counts = mailing.counts()
    settled = sum(counts.values()) - counts[Delivery.State.QUEUED] - counts[Delivery.State.SENDING]
    return {
        "mailing": mailing,
        "settled": settled,
        "percent": settled * 100 // max(mailing.recipient_count, 1),
        "unknown_count": counts[Delivery.State.UNKNOWN],
        "figures": [(state, state.label, counts[state]) for state in Delivery.State],
    }
