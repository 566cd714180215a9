"""The page of a record: who it is, how to reach them, and the whole story."""

import copy
from urllib.parse import urlencode

from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import InspectView
from wagtail.admin.widgets.button import Button, HeaderButton

from crm.forms.dates import DateInput, DayField
from crm.services import (  # noqa: F401 -- offer the register's own sections and streams
    costs,
    courses,
    fee_streams,
    meeting_pages,
    mobilities,
    networks,
    projects,
    record_sections,
    relationships,
    timeline_streams,
)
from crm.services.neighbours import neighbours_of
from crm.services.records import About, sections_of
from crm.services.timeline import Place, kinds_for, page_of
from crm.viewsets.cards import QrCodeView
from crm.viewsets.history import LARGEST_NUMBER, url_of
from crm.viewsets.links import link_to
from crm.viewsets.record_documents import DOCUMENT, DocumentsMixin
from crm.viewsets.record_editing import EditingMixin
from crm.viewsets.record_files import file_patterns
from crm.viewsets.record_quick import QuickMixin
from crm.viewsets.returning import with_return


def key(letter, label):
    """The attributes of what a key clicks, unless somebody is writing or has switched keys off in their account."""
    return {"data-controller": "w-kbd", "data-w-kbd-key-value": letter, "aria-keyshortcuts": letter, "title": f"{label} ({letter})"}


# Of a list's address, what says where in the list one was and not what is in it.
NOT_OF_THE_LIST = ("p", "_w_filter_fragment", "export")


class RecordView(DocumentsMixin, EditingMixin, QuickMixin, InspectView):
    template_name = "admin/register/record.html"
    any_permission_required = ("view", "change")
    page_title = ""
    history_url_name = None
    restore_url_name = None
    inspect_url_name = None
    list_view = None
    card_url = ""
    qr_code_url_name = None
    head_roles = ()  # what stands under a person's name
    head_lines = ()  # what stands under that of something else
    linked_facts = ()  # (label, record): what leads to a page of its own, and is changed in the form
    has_as_of = False  # whether the page can be asked as of a day

    def get_fields(self):
        return []  # the page shows them its own way

    def get_object(self, queryset=None):
        if int(self.pk) > LARGEST_NUMBER:
            raise Http404
        return super().get_object(queryset)

    @cached_property
    def about(self):
        return About(self.object, self.request.user, self.asked_day)

    @cached_property
    def asked_day(self):
        """The day that the page is asked as of, or None for today; what is no day is today."""
        try:
            return DayField(required=False).clean(self.request.GET.get("on")) if self.has_as_of else None
        except ValidationError:
            return None

    def post(self, request, *args, **kwargs):
        """Do what one of the page's small forms asks for; a form with a mistake is shown again, with what was typed."""
        do = {
            "edit": self.save_spot,
            "log": self.log,
            "done": self.mark_task,
            "add_documents": self.add_documents,
            "remove_document": self.remove_document,
        }.get(request.POST.get("do"))
        response = do() if do else None
        return response or self.get(request, *args, **kwargs)

    # The list that one came from

    @cached_property
    def list_query(self):
        """The query string of the list that one came from; None for who came from elsewhere."""
        return self.request.GET.get("list")

    @property
    def keep(self):
        kept = {"list": self.list_query, "on": self.asked_day}
        return urlencode({name: value for name, value in kept.items() if value is not None})

    def url_for(self, pk):
        return reverse(self.inspect_url_name, args=[quote(pk)]) + (f"?{self.keep}" if self.keep else "")

    @property
    def own_url(self):
        return self.url_for(self.object.pk)

    @property
    def today_url(self):
        return reverse(self.inspect_url_name, args=[quote(self.object.pk)]) + (
            "" if self.list_query is None else f"?{urlencode({'list': self.list_query})}"
        )

    @property
    def list_url(self):
        return reverse(self.index_url_name) + (f"?{self.list_query}" if self.list_query else "")

    @cached_property
    def neighbours(self):
        if self.list_query is None:
            return None
        request = copy.copy(self.request)
        request.method, request.GET = "GET", QueryDict(self.list_query)
        view = self.list_view.view_class(**self.list_view.view_initkwargs)
        view.setup(request)
        return neighbours_of(self.object, view.get_queryset())

    # Header

    def get_page_title(self):
        return str(self.object)

    def get_page_subtitle(self):
        return ""

    def get_breadcrumbs_items(self):
        lists = {"url": self.list_url, "label": capfirst(self.model._meta.verbose_name_plural)}
        return [*self.breadcrumbs_items, lists, {"url": "", "label": str(self.object)}]

    @cached_property
    def header_buttons(self):
        url = self.get_edit_url()
        return [HeaderButton(_("Edit"), url=url, icon_name="edit", attrs=key("e", _("Edit")))] if url else []

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
    def qr_code_url(self):
        if not self.qr_code_url_name or not self.user_has_permission("change"):
            return ""
        return reverse(self.qr_code_url_name, args=[quote(self.object.pk)])

    # The story

    @cached_property
    def timeline(self):
        page = page_of(self.about, kind=self.kind, before=self.before)
        for _month, items in page.months:
            for item in items:
                item.url = self.url_from_here(*item.leads_to) if item.leads_to else ""
                if item.kind == "document":
                    item.url = self.document_url(item.place.pk)
        return page

    @cached_property
    def sections(self):
        sections = sections_of(self.about)
        for section in sections:
            for activity in section.values.get("activities", ()):
                activity.url = self.url_from_here(type(activity), activity.pk)
            for document in section.values.get("documents", ()):
                document.url, document.key = self.document_url(document.pk), f"{DOCUMENT}{document.pk}"
                document.form = self.form_at(document.key)
        return sections

    def url_from_here(self, model, pk):
        """The page of something that the story tells of; a form comes back here."""
        return url_of("inspect", model, pk) or with_return(url_of("edit", model, pk), self.own_url)

    @cached_property
    def before(self):
        return Place.parse(self.request.GET.get("before", ""))

    @cached_property
    def kinds(self):
        return kinds_for(self.about)

    @cached_property
    def kind(self):
        asked = self.request.GET.get("kind", "")
        return asked if asked in dict(self.kinds) else ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            about=self.about,
            own_url=self.own_url,
            card_url=self.card_url,
            qr_code_url=self.qr_code_url,
            head_roles=self.head_roles,
            head_lines=self.head_lines,
            linked_facts=[(label, link_to(record, self.request.user)) for label, record in self.linked_facts if record],
            timeline=self.timeline,
            kinds=self.kinds,
            kind=self.kind,
            before=self.before,
            sections=self.sections,
            neighbours=self.neighbours,
            previous_url=self.neighbour_url("previous"),
            next_url=self.neighbour_url("next"),
            keep=f"&{self.keep}" if self.keep else "",
            list_url=self.list_url,
            restore_url=self.restore_url if self.user_has_permission("delete") else "",
            as_of_field=DateInput(format="%Y-%m-%d").render("on", self.asked_day, {"id": "as-of", "placeholder": _("today")})
            if self.has_as_of
            else "",
            own_history_url=reverse(self.history_url_name, args=[quote(self.object.pk)]),
            **kwargs,
        )

    def neighbour_url(self, which):
        pk = self.neighbours and getattr(self.neighbours, which)
        return self.url_for(pk) if pk else ""


class RecordViewSetMixin:
    """For viewsets: each record has a page, which the list leads to and which one comes back to after saving."""

    inspect_view_enabled = True
    inspect_view_class = RecordView
    has_qr_code = True  # which takes over to a phone how to reach it

    def get_inspect_view_kwargs(self, **kwargs):
        return super().get_inspect_view_kwargs(
            list_view=self.index_view,
            restore_url_name=self.get_url_name("restore"),
            history_url_name=self.get_url_name("history"),
            inspect_url_name=self.get_url_name("inspect"),
            qr_code_url_name=self.get_url_name("qr_code") if self.has_qr_code else None,
            **kwargs,
        )

    def get_urlpatterns(self):
        patterns = [*super().get_urlpatterns(), *file_patterns(self)]
        if not self.has_qr_code:
            return patterns
        return [*patterns, path(f"qr_code/<{self.pk_path_converter}:pk>/", self.construct_view(QrCodeView), name="qr_code")]


class RecordListMixin:
    """For lists: the title leads to the record, which then knows the list."""

    @cached_property
    def list_part(self):
        params = self.request.GET.copy()
        for name in NOT_OF_THE_LIST:
            params.pop(name, None)
        return urlencode({"list": params.urlencode()})

    def get_title_url(self, instance):
        return f"{self.get_inspect_url(instance)}?{self.list_part}"

    def get_list_more_buttons(self, instance):
        return [button for button in super().get_list_more_buttons(instance) if button.icon_name != "info-circle"]  # the title does


class LeadsToRecordMixin:
    """For forms: what has been saved is looked at on its page."""

    inspect_url_name = None

    def get_success_url(self):
        return reverse(self.inspect_url_name, args=[quote(self.object.pk)])

    def get_breadcrumbs_items(self):
        items = super().get_breadcrumbs_items()
        if getattr(self, "object", None) and self.object.pk:
            items.insert(-1, {"url": self.get_success_url(), "label": str(self.object)})
            items[-1] = {"url": "", "label": _("Edit")}
        return items

    @cached_property
    def header_more_buttons(self):
        return [button for button in super().header_more_buttons if button.icon_name != "info-circle"]  # in the breadcrumbs
