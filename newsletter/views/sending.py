"""Before sending: who gets the issue and who doesn't, what to mend, a test, and the last question."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin

from newsletter.backends import DeliveryProblem
from newsletter.exceptions import AlreadyStarted, NewsletterError
from newsletter.forms import TestMailForm
from newsletter.models import Issue, Mailing
from newsletter.services import checks
from newsletter.services.audience import EXPLANATIONS, Audience, Reason, segment_problem, with_shown_name
from newsletter.services.mailings import start_mailing
from newsletter.services.trials import send_test_mail
from newsletter.views.permissions import MaySendMixin


class IssueMixin(MaySendMixin):
    @cached_property
    def issue(self):
        return get_object_or_404(Issue.objects.select_related("newsletter", "segment"), pk=self.kwargs["pk"])

    @cached_property
    def mailing(self):
        return self.issue.mailings.exclude(state=Mailing.State.CANCELLED).first()

    def url(self, name):
        return reverse(f"newsletter_issues:{name}", args=[self.issue.pk])

    def issue_breadcrumbs(self):
        return [
            {"url": reverse("newsletter_issues:index"), "label": gettext_lazy("Issues")},
            {"url": reverse("wagtailadmin_pages:edit", args=[self.issue.pk]), "label": self.issue.title},
        ]


class AudienceView(IssueMixin, BaseListingView):
    """A page of the audience, below what one has to know before sending."""

    template_name = "newsletter/admin/send.html"
    results_template_name = "newsletter/admin/results.html"
    page_title = gettext_lazy("Send")
    header_icon = "mail"
    is_searchable = True
    paginate_by = 50
    default_ordering = "normalised"
    url_name = ""

    def get(self, request, *args, **kwargs):
        if self.mailing:
            return redirect("newsletter_issues:report", self.mailing.pk)
        return super().get(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, *self.issue_breadcrumbs(), {"url": "", "label": self.page_title}]

    def get_index_url(self):
        return self.url(self.url_name)

    def get_index_results_url(self):
        return self.url(f"{self.url_name}_results")

    @cached_property
    def audience(self):
        return Audience(self.issue)

    def get_base_queryset(self):
        if segment_problem(self.issue.segment):
            return self.issue.newsletter.subscriptions.none()
        return with_shown_name(self.shown())

    def search_queryset(self, queryset):
        return queryset.search(self.search_query)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context if self.results_only else {**context, **self._overview()}

    def _overview(self):
        problem = segment_problem(self.issue.segment)
        left_out = {} if problem else self.audience.count_left_out()
        return {
            "issue": self.issue,
            "errors": checks.errors(self.issue),
            "warnings": checks.warnings(self.issue),
            "recipient_count": 0 if problem else self.audience.recipients().count(),
            "left_out_count": sum(left_out.values()),
            "left_out": [(Reason(reason).label, EXPLANATIONS[reason], number) for reason, number in left_out.items()],
            "test_form": TestMailForm(initial={"address": self.request.user.email}),
            "urls": {name: self.url(name) for name in ("send", "left_out", "send_test", "confirm_send")},
        }


class RecipientsView(AudienceView):
    url_name = "send"
    columns = [
        Column("shown_name", label=gettext_lazy("Name")),
        Column("email", label=gettext_lazy("E-mail"), sort_key="normalised"),
        Column("basis", label=gettext_lazy("Legal basis"), accessor="get_basis_display"),
    ]

    def shown(self):
        return self.audience.recipients()


class LeftOutView(AudienceView):
    url_name = "left_out"
    columns = [
        Column("shown_name", label=gettext_lazy("Name")),
        Column("email", label=gettext_lazy("E-mail"), sort_key="normalised"),
        Column("reason", label=gettext_lazy("Why"), accessor=lambda row: Reason(row.reason).label),
        Column("explanation", label=gettext_lazy("That means"), accessor=lambda row: EXPLANATIONS[row.reason]),
    ]

    def shown(self):
        return self.audience.left_out()


class SendTestView(IssueMixin, View):
    http_method_names = ["post"]

    def post(self, request, pk):
        form = TestMailForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(form.errors["address"]))
            return redirect("newsletter_issues:send", pk)
        address = form.cleaned_data["address"]
        try:
            send_test_mail(self.issue.get_latest_revision_as_object(), address, name=request.user.get_full_name())
        except DeliveryProblem as problem:
            messages.error(request, _("The test could not be sent. The mail server says: %(problem)s") % {"problem": problem})
        else:
            messages.success(request, _("A test has been sent to %(address)s.") % {"address": address})
        return redirect("newsletter_issues:send", pk)


class ConfirmSendView(IssueMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "newsletter/admin/confirm.html"
    header_icon = "mail"

    def get(self, request, *args, **kwargs):
        if self.mailing:
            messages.warning(request, str(AlreadyStarted()))
            return redirect("newsletter_issues:report", self.mailing.pk)
        if checks.errors(self.issue):
            return redirect("newsletter_issues:send", self.issue.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request, pk):
        try:
            mailing = start_mailing(self.issue, acting_user=request.user)
        except AlreadyStarted as problem:
            messages.warning(request, str(problem))
            return redirect("newsletter_issues:report", self.mailing.pk)
        except NewsletterError as problem:
            messages.error(request, str(problem))
            return redirect("newsletter_issues:send", pk)
        messages.success(request, _("The mailing is under way. You can leave this page: it goes on by itself."))
        return redirect("newsletter_issues:report", mailing.pk)

    def get_page_title(self):
        return _("Send now?")

    def get_breadcrumbs_items(self):
        send = {"url": self.url("send"), "label": _("Send")}
        return [*self.breadcrumbs_items, *self.issue_breadcrumbs(), send, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        number = Audience(self.issue).recipients().count()
        question = ngettext(
            "“%(subject)s” goes to %(number)s recipient at once. A mail that has been sent cannot be taken back.",
            "“%(subject)s” goes to %(number)s recipients at once. Mails that have been sent cannot be taken back.",
            number,
        )
        return super().get_context_data(
            question=question % {"subject": self.issue.subject, "number": number},
            button=ngettext("Yes, send to %(number)s recipient", "Yes, send to %(number)s recipients", number) % {"number": number},
            cancel_url=self.url("send"),
            **kwargs,
        )
