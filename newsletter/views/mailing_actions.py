"""What a person can do with a mailing. Opened as a link each asks first; a POST acts."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from newsletter.exceptions import NewsletterError
from newsletter.models import Mailing
from newsletter.services import mailings
from newsletter.views.permissions import MaySendMixin


class MailingActionView(MaySendMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "newsletter/admin/confirm.html"
    header_icon = "mail"
    question = button = ""

    @cached_property
    def mailing(self):
        return get_object_or_404(Mailing.objects.select_related("issue"), pk=self.kwargs["pk"])

    def act(self):
        """Do it, and return the words that tell of it."""
        raise NotImplementedError

    def post(self, request, pk):
        try:
            messages.success(request, self.act())
        except NewsletterError as problem:
            messages.error(request, str(problem))
        return redirect("newsletter_issues:report", pk)

    def get_breadcrumbs_items(self):
        report = {"url": reverse("newsletter_issues:report", args=[self.mailing.pk]), "label": self.mailing.subject}
        index = {"url": reverse("newsletter_issues:index"), "label": _("Issues")}
        return [*self.breadcrumbs_items, index, report, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        cancel_url = reverse("newsletter_issues:report", args=[self.mailing.pk])
        return super().get_context_data(question=self.question, button=self.button, cancel_url=cancel_url, **kwargs)


class PauseView(MailingActionView):
    page_title = gettext_lazy("Pause sending")
    question = gettext_lazy("Those who have not got the mail wait until you resume.")
    button = gettext_lazy("Pause")

    def act(self):
        mailings.pause(self.mailing, acting_user=self.request.user)
        return _("Sending is paused.")


class ResumeView(MailingActionView):
    page_title = gettext_lazy("Resume sending")
    question = gettext_lazy("Those who have not got the mail will get it now.")
    button = gettext_lazy("Resume")

    def act(self):
        mailings.resume(self.mailing, acting_user=self.request.user)
        return _("Sending goes on.")


class CancelView(MailingActionView):
    page_title = gettext_lazy("Cancel sending")
    question = gettext_lazy("Those who have not got the mail will not get it. The issue can be sent anew later, to them only.")
    button = gettext_lazy("Yes, cancel the rest")

    def act(self):
        mailings.cancel(self.mailing, acting_user=self.request.user)
        return _("Sending is cancelled.")


class UnknownView(MailingActionView):
    """A decision about one delivery (`?delivery=`), or about all whose outcome is unknown."""

    def deliveries(self):
        unknown = self.mailing.deliveries.unknown()
        chosen = self.request.GET.get("delivery")
        if chosen is None:
            return unknown
        # A mistyped choice of one must never become all. The database's numbers have no more digits.
        if not chosen.isdecimal() or len(chosen) > 19:
            raise Http404
        return unknown.filter(pk=chosen)

    def get_context_data(self, **kwargs):
        return super().get_context_data(names=[delivery.email for delivery in self.deliveries()[:20]], **kwargs)


class SendAgainView(UnknownView):
    page_title = gettext_lazy("Send again")
    question = gettext_lazy("The mail may have arrived already. Whoever has got it will then have it twice.")
    button = gettext_lazy("Send again")

    def act(self):
        number = mailings.send_again(self.mailing, self.deliveries(), acting_user=self.request.user)
        return ngettext("%(number)d mail is sent again.", "%(number)d mails are sent again.", number) % {"number": number}


class CountAsSentView(UnknownView):
    page_title = gettext_lazy("Count as sent")
    question = gettext_lazy("Nothing is sent. The mail is shown as sent from now on.")
    button = gettext_lazy("Count as sent")

    def act(self):
        number = mailings.count_as_sent(self.mailing, self.deliveries(), acting_user=self.request.user)
        return ngettext("%(number)d mail is counted as sent.", "%(number)d mails are counted as sent.", number) % {"number": number}
