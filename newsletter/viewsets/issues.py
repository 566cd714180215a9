from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from newsletter.models import Issue, Mailing
from newsletter.views import mailing_actions, mailings, sending


class MailingColumn(Column):
    """How the sending of an issue stands, linked to its report; or the way to send it."""

    cell_template_name = "newsletter/admin/mailing_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        mailing = next(iter(instance.mailings.all()), None)
        may_send = parent_context["request"].user.has_perm("newsletter.send_mailing")
        context["mailing"] = mailing
        context["report_url"] = reverse("newsletter_issues:report", args=[mailing.pk]) if mailing else ""
        startable = mailing is None or mailing.state == Mailing.State.CANCELLED
        context["send_url"] = reverse("newsletter_issues:send", args=[instance.pk]) if startable and may_send else ""
        return context


def recipients_of(issue):
    mailing = next(iter(issue.mailings.all()), None)
    return mailing.recipient_count if mailing else ""


class IssueIndexView(IndexView):
    page_title = _("Issues")
    default_ordering = "-latest_revision_created_at"

    def annotate_queryset(self, pages):
        return super().annotate_queryset(pages.prefetch_related("mailings", "newsletter"))


class IssueMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("newsletter.send_mailing") or request.user.has_perm("newsletter.view_mailing")


class IssueViewSet(PageListingViewSet):
    """The list of issues, and around it what is done with an issue: sending it, and following its way."""

    model = Issue
    name = "newsletter_issues"
    url_prefix = "newsletter/issues"
    menu_label = _("Issues")
    icon = "mail"
    menu_order = 10
    add_to_admin_menu = False
    menu_item_class = IssueMenuItem
    index_view_class = IssueIndexView
    columns = [
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("newsletter", label=_("Newsletter"), accessor="newsletter.name"),
        PageStatusColumn("status", label=_("Page"), sort_key="live"),
        MailingColumn("mailing", label=_("Sending")),
        Column("recipients", label=_("Recipients"), accessor=recipients_of),
        DateColumn("latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at"),
    ]

    def get_urlpatterns(self):
        actions = mailing_actions
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/send/", sending.RecipientsView.as_view(), name="send"),
            path("<int:pk>/send/results/", sending.RecipientsView.as_view(results_only=True), name="send_results"),
            path("<int:pk>/send/left-out/", sending.LeftOutView.as_view(), name="left_out"),
            path("<int:pk>/send/left-out/results/", sending.LeftOutView.as_view(results_only=True), name="left_out_results"),
            path("<int:pk>/send/test/", sending.SendTestView.as_view(), name="send_test"),
            path("<int:pk>/send/confirm/", sending.ConfirmSendView.as_view(), name="confirm_send"),
            path("mailings/<int:pk>/", mailings.ReportView.as_view(), name="report"),
            path("mailings/<int:pk>/results/", mailings.ReportView.as_view(results_only=True), name="report_results"),
            path("mailings/<int:pk>/progress/", mailings.progress, name="progress"),
            path("mailings/<int:pk>/pause/", actions.PauseView.as_view(), name="pause"),
            path("mailings/<int:pk>/resume/", actions.ResumeView.as_view(), name="resume"),
            path("mailings/<int:pk>/cancel/", actions.CancelView.as_view(), name="cancel"),
            path("mailings/<int:pk>/send-again/", actions.SendAgainView.as_view(), name="send_again"),
            path("mailings/<int:pk>/count-as-sent/", actions.CountAsSentView.as_view(), name="count_as_sent"),
        ]
