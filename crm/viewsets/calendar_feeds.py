"""What each person decides for themselves: a calendar by a secret link, and reminders in the morning."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from crm.models import CalendarFeed, Reminder, Task
from crm.services.calendar_feeds import feed_url, remove_feed, renew_feed
from crm.services.reminders import MORNING, remind_from_tomorrow, stop_reminding
from crm.services.rights import may_view

# {name of the button: (what it does for a user, what is said afterwards)}
BUTTONS = {
    "make": (renew_feed, _("Your calendar has a link now. Copy it into your calendar program.")),
    "renew": (renew_feed, _("The link is new. The old one no longer works: copy the new one into your calendar program.")),
    "remove": (remove_feed, _("The link is gone. Calendar programs that used it get nothing more.")),
    "remind": (remind_from_tomorrow, _("You get a mail on mornings when something is to be done.")),
    "stop": (stop_reminding, _("You get no more reminders.")),
}


class MyCalendarView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "admin/register/my_calendar.html"
    page_title = _("My calendar and reminders")
    header_icon = "calendar"

    def dispatch(self, request, *args, **kwargs):
        if not may_view(request.user, Task):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        tasks = {"url": reverse("task:index"), "label": _("To do")}
        return [*self.breadcrumbs_items, tasks, {"url": "", "label": self.page_title}]

    @cached_property
    def feed(self):
        return CalendarFeed.objects.filter(user=self.request.user).first()

    def get_context_data(self, **kwargs):
        url = feed_url(self.feed) if self.feed else ""
        return super().get_context_data(
            feed=self.feed,
            url=url,
            # Calendar programs open such an address themselves.
            webcal_url="webcal://" + url.partition("://")[2],
            is_reminded=Reminder.objects.filter(user=self.request.user).exists(),
            email=self.request.user.email,
            morning=f"{MORNING}.00",
            **kwargs,
        )

    def post(self, request):
        name = request.POST.get("do")
        if name == "remind" and not request.user.email:
            messages.error(request, _("Your account has no e-mail address. Write it under your account first."))
        elif name in BUTTONS:
            act, message = BUTTONS[name]
            act(request.user)
            messages.success(request, message)
        return redirect("my_calendar:index")


class MyCalendarViewSet(ViewSet):
    name = "my_calendar"
    url_prefix = "my-calendar"

    def get_urlpatterns(self):
        return [path("", MyCalendarView.as_view(), name="index")]
