from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager
from wagtail.models import PageQuerySet as BasePageQuerySet

from crm.recording import unrecorded
from newsletter.blocks import MailBody
from newsletter.feeds import IssueFeed
from newsletter.mail.composition import compose
from newsletter.models.mailings import Mailing
from newsletter.validators import validate_single_line


class IssueQuerySet(BasePageQuerySet):
    def sent(self):
        """What has gone out, newest first: an issue that is only published is not in the archive yet."""
        mailings = Mailing.objects.exclude(state=Mailing.State.CANCELLED).filter(issue=OuterRef("pk"))
        first = mailings.order_by("created_at").values("created_at")[:1]
        return self.live().public().filter(Exists(mailings)).annotate(sent_on=first).order_by("-sent_on", "-pk")


@unrecorded("is a page: Wagtail keeps its revisions")
class Issue(Page):
    """An issue of a newsletter: written here, sent as a Mailing, read on the web as a page of the archive."""

    newsletter = models.ForeignKey("newsletter.Newsletter", verbose_name=_("newsletter"), related_name="issues", on_delete=models.PROTECT)
    subject = models.CharField(
        _("subject"),
        max_length=150,
        blank=True,
        validators=[validate_single_line],
        help_text=_("The line that readers see in their inbox."),
    )
    preheader = models.CharField(
        _("preheader"),
        max_length=150,
        blank=True,
        validators=[validate_single_line],
        help_text=_("The grey words after the subject in the inbox. Leave empty to show the beginning of the text."),
    )
    greeting = models.CharField(
        _("greeting"),
        max_length=100,
        blank=True,
        default="Hej [förnamn]!",
        validators=[validate_single_line],
        help_text=_("[förnamn] becomes the reader's first name, and nothing when the name is unknown: “Hej Anna!” or “Hej!”."),
    )
    segment = models.ForeignKey(
        "crm.Segment",
        verbose_name=_("only to subscribers in the segment"),
        related_name="issues",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Leave empty to send to every subscriber."),
    )
    body = StreamField(MailBody(), verbose_name=_("content"), blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("subject"), FieldPanel("preheader")], heading=_("In the inbox")),
        MultiFieldPanel(
            [FieldPanel("newsletter"), FieldPanel("segment"), HelpPanel(template="newsletter/admin/send_panel.html")],
            heading=_("To whom"),
        ),
        FieldPanel("greeting"),
        FieldPanel("body"),
    ]

    objects = PageManager.from_queryset(IssueQuerySet)()

    template = "newsletter/pages/issue.html"
    parent_page_types = ["newsletter.NewsletterPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")

    preview_modes = [("mail", _("Mail")), ("text", _("Mail as text")), ("web", _("Web page"))]

    def serve_preview(self, request, mode_name):
        if mode_name == "web":
            return self.serve(request)
        mail = compose(self)
        if mode_name == "text":
            return render(request, "newsletter/text_preview.html", {"mail": mail})
        return HttpResponse(mail.example_html())


@unrecorded("is a page: Wagtail keeps its revisions")
class NewsletterPage(RoutablePageMixin, Page):
    """The archive of issues, with the sign-up form and a feed."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    template = "newsletter/pages/newsletter_page.html"
    subpage_types = ["newsletter.Issue"]

    class Meta:
        verbose_name = _("newsletter archive")
        verbose_name_plural = _("newsletter archives")

    def issues(self):
        return Issue.objects.child_of(self).sent()

    @path("")
    def index(self, request):
        return self.render(request, context_overrides={"issues": self.issues()[:100]})

    @path("feed/")
    def feed(self, request):
        return IssueFeed(self)(request)
