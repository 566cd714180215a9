from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from newsletter import palette  # noqa: F401 -- registers what the palette finds
from newsletter.models import Issue
from newsletter.viewsets import (
    NewsletterGroup,
    bulk_subscribing,  # noqa: F401 -- offers subscribing in the contact list
    dashboard,  # noqa: F401 -- tells of the last issue on the admin's first page
)


@hooks.register("register_admin_viewset")
def register_viewsets():
    return NewsletterGroup()


@hooks.register("register_permissions")
def register_permissions():
    return Permission.objects.filter(content_type__app_label="newsletter", codename__in=["send_mailing", "view_mailing"])


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def send_button(page, user, next_url=None, view_name=None):
    if isinstance(page, Issue) and page.pk and user.has_perm("newsletter.send_mailing"):
        yield Button(_("Send…"), url=reverse("newsletter_issues:send", args=[page.pk]), icon_name="mail", priority=1)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("newsletter.send", _("Start sending"), _("Sending started"))
    actions.register_action("newsletter.pause", _("Pause sending"), _("Sending paused"))
    actions.register_action("newsletter.resume", _("Resume sending"), _("Sending resumed"))
    actions.register_action("newsletter.cancel", _("Cancel sending"), _("Sending cancelled"))
    actions.register_action("newsletter.send_again", _("Send unknown deliveries again"), _("Unknown deliveries sent again"))
    actions.register_action("newsletter.count_as_sent", _("Count unknown deliveries as sent"), _("Unknown deliveries counted as sent"))
