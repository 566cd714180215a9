"""The page of a record that has no timeline: what it is, and what belongs to it, from a template of its own."""

from django.contrib.admin.utils import quote
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import InspectView
from wagtail.admin.widgets.button import Button, HeaderButton

from crm.viewsets.history import LARGEST_NUMBER
from crm.viewsets.links import link_to


class PlainRecordView(InspectView):
    any_permission_required = ("view", "change")
    page_title = ""
    history_url_name = None
    restore_url_name = None

    def get_fields(self):
        return []  # the page shows them its own way

    def get_object(self, queryset=None):
        if int(self.pk) > LARGEST_NUMBER:
            raise Http404
        return super().get_object(queryset)

    def get_page_title(self):
        return str(self.object)

    def get_page_subtitle(self):
        return ""

    def get_breadcrumbs_items(self):
        lists = {"url": reverse(self.index_url_name), "label": capfirst(self.model._meta.verbose_name_plural)}
        return [*self.breadcrumbs_items, lists, {"url": "", "label": str(self.object)}]

    @cached_property
    def header_buttons(self):
        url = self.get_edit_url()
        return [HeaderButton(_("Edit"), url=url, icon_name="edit")] if url else []

    @cached_property
    def header_more_buttons(self):
        url = reverse(self.history_url_name, args=[quote(self.object.pk)])
        buttons = [Button(_("History"), url=url, icon_name="history", priority=12)]
        if not self.user_has_permission("delete"):
            return buttons
        if self.object.is_archived:
            return [*buttons, Button(_("Restore"), url=self.restore_url, icon_name="undo", priority=20)]
        return [*buttons, Button(_("Archive"), url=self.get_delete_url(), icon_name="folder-inverse", priority=20)]

    @property
    def restore_url(self):
        return reverse(self.restore_url_name, args=[quote(self.object.pk)])

    @property
    def own_url(self):
        return self.request.path

    @property
    def facts(self):
        """Return (label, text or link) of what the record says of itself."""
        return []

    def link(self, record):
        return link_to(record, self.request.user) if record else ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            facts=[(label, value) for label, value in self.facts if value],
            restore_url=self.restore_url if self.user_has_permission("delete") else "",
            own_url=self.own_url,
            may_change=self.user_has_permission("change"),
            **kwargs,
        )


class PlainRecordViewSetMixin:
    inspect_view_enabled = True

    def get_inspect_view_kwargs(self, **kwargs):
        return super().get_inspect_view_kwargs(
            restore_url_name=self.get_url_name("restore"), history_url_name=self.get_url_name("history"), **kwargs
        )


class PlainRecordListMixin:
    """For lists: the title leads to the page."""

    def get_title_url(self, instance):
        return self.get_inspect_url(instance) or self.get_edit_url(instance)

    def get_list_more_buttons(self, instance):
        return [button for button in super().get_list_more_buttons(instance) if button.icon_name != "info-circle"]  # the title does
