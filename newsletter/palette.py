"""What of the newsletter the palette finds: issues, by their title."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.permissions import page_permission_policy

from crm.services.palette import SHOWN, Hit, Kind, best_first, contains, register_kind
from crm.text import search_words
from newsletter.models import Issue
from newsletter.views.permissions import may_follow

LOOKED_THROUGH = 1_000


class IssueKind(Kind):
    name = "issue"
    label = _("Issues")
    icon = "mail"
    order = 70

    def may_find(self, user):
        return may_follow(user)

    def numbers(self, user, query):
        words = search_words(query)
        newest = Issue.objects.order_by("-latest_revision_created_at", "-pk")[:LOOKED_THROUGH]
        found = [issue for issue in newest.only("title", "draft_title") if contains(issue.title, words)]
        return [issue.pk for issue in best_first(found, words)[: SHOWN + 1]]

    def hits(self, user, numbers):
        issues = Issue.objects.filter(pk__in=numbers).select_related("newsletter").prefetch_related("mailings")
        editable = set(self.editable(user).filter(pk__in=numbers).values_list("pk", flat=True))
        return {issue.pk: Hit(issue.title, self.url(issue, editable), detail=issue.newsletter.name) for issue in issues}

    def editable(self, user):
        return page_permission_policy.instances_user_has_any_permission_for(user, ["change", "publish"])

    def url(self, issue, editable):
        """Its form, or for whoever may only follow the sending, the report."""
        if issue.pk in editable:
            return reverse("wagtailadmin_pages:edit", args=[issue.pk])
        mailing = next(iter(issue.mailings.all()), None)
        return reverse("newsletter_issues:report", args=[mailing.pk]) if mailing else reverse("newsletter_issues:index")

    def number_at(self, match):
        """Its form is a page's; sending has addresses of its own."""
        if match.view_name == "wagtailadmin_pages:edit":
            return int(match.args[0] if match.args else match.kwargs["page_id"])
        return match.kwargs["pk"] if match.view_name == "newsletter_issues:send" else None

    def actions_at(self, user, number):
        if user.has_perm("newsletter.send_mailing"):
            yield Hit(gettext("Send…"), reverse("newsletter_issues:send", args=[number]), icon="mail")


register_kind(IssueKind())
