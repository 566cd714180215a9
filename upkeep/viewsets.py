"""The administrators' page: is everything well, and when was the last good backup?"""

from django.conf import settings
from django.contrib.auth.mixins import UserPassesTestMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from upkeep.health import signs
from upkeep.schedule import backups, is_scheduled, is_under_way, last_failure, start_backup


class UpkeepView(WagtailAdminTemplateMixin, UserPassesTestMixin, TemplateView):
    template_name = "admin/upkeep/upkeep.html"
    page_title = _("Upkeep")
    header_icon = "cog"

    def test_func(self):
        return self.request.user.is_superuser

    def handle_no_permission(self):
        raise PermissionDenied

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            signs=signs(),
            backups=backups(),
            is_scheduled=is_scheduled(),
            is_under_way=is_under_way(),
            failure=last_failure(),
            backup_at=settings.BACKUP_AT,
            backup_dir=settings.BACKUP_DIR,
            keep=settings.BACKUP_KEEP,
            has_key=bool(settings.BACKUP_KEY),
            **kwargs,
        )

    def post(self, request):
        start_backup()
        messages.success(request, _("A backup is being made. It stands in the list when it is written and checked."))
        return redirect("upkeep:index")


class UpkeepMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.is_superuser


class UpkeepViewSet(ViewSet):
    name = "upkeep"
    url_prefix = "upkeep"
    menu_label = _("Upkeep")
    icon = "cog"
    menu_order = 900
    menu_item_class = UpkeepMenuItem
    add_to_settings_menu = True

    def get_urlpatterns(self):
        return [path("", UpkeepView.as_view(), name="index")]
