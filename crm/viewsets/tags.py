from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from crm.forms.tags import MergeForm, TagForm
from crm.models import ChangeSet, Tag
from crm.services.ledger import change_set
from crm.services.tags import merge_tags, queries_with, similar_tags, with_use
from crm.viewsets.base import DeleteUnusedView, RegisterIndexView, RegisterViewSet
from crm.viewsets.history import buttons_to_undo_this


def contacts_link(tag):
    return _link("contact:index", tag, tag.contact_count)


def organisations_link(tag):
    return _link("organisation:index", tag, tag.organisation_count)


def _link(url_name, tag, number):
    return format_html('<a href="{}?tag={}">{}</a>', reverse(url_name), tag.pk, number) if number else 0


class TagIndexView(RegisterIndexView):
    title_width = "34%"
    merge_url_name = None
    results_template_name = "admin/register/tag_index_results.html"

    def get_base_queryset(self):
        return with_use(super().get_base_queryset())

    def get_context_data(self, **kwargs):
        groups = similar_tags(Tag.objects.all()) if self.merge_url else []
        return super().get_context_data(similar=[(tags, self.merge_url + _chosen(tags)) for tags in groups], **kwargs)

    @cached_property
    def merge_url(self):
        return reverse(self.merge_url_name) if self.user_has_permission("change") and self.user_has_permission("delete") else ""

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if self.merge_url:
            buttons = [*buttons, Button(gettext("Merge tags"), url=self.merge_url, icon_name="link", priority=5)]
        return buttons


def _chosen(tags):
    return "?" + "&".join(f"tag={tag.pk}" for tag in tags)


class TagDeleteView(DeleteUnusedView):
    """Says who has the tag: unlike a role, it may go although it is in use, and comes back with all who had it."""

    template_name = "admin/register/tag_delete.html"

    def get_context_data(self, **kwargs):
        tag = with_use(Tag.objects.filter(pk=self.object.pk)).get()
        return super().get_context_data(tag=tag, saved=queries_with(tag), **kwargs)


class TagMergeView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """First which tags, then which of them stays and what that means, then the doing."""

    model = None  # from the viewset; without it nobody would be asked for a permission
    permission_required = "delete"
    template_name = "admin/register/tag_merge.html"
    page_title = _("Merge tags")
    header_icon = "tag"
    index_url_name = None

    def dispatch(self, request, *args, **kwargs):
        if not self.user_has_permission("change"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.render_to_response(self.get_context_data(form=MergeForm(initial=self._suggestion())))

    def post(self, request):
        form = MergeForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        kept, chosen = form.cleaned_data["keep"], form.cleaned_data["tag"]
        with change_set(actor=request.user, cause=ChangeSet.Cause.MERGE, note=self._note(kept, chosen)):
            merge_tags(kept, chosen, acting_user=request.user)
            buttons = buttons_to_undo_this(request.user)
        sentence = ngettext("%(number)d tag is now a part of “%(name)s”.", "%(number)d tags are now a part of “%(name)s”.", len(chosen) - 1)
        messages.success(request, sentence % {"number": len(chosen) - 1, "name": kept}, buttons=buttons)
        return redirect(self.index_url_name)

    def _note(self, kept, chosen):
        return f"{', '.join(tag.name for tag in chosen if tag != kept)} → {kept}"

    @cached_property
    def chosen(self):
        numbers = [number for number in self.request.GET.getlist("tag") if number.isdecimal() and len(number) < 19]
        numbers += [number for number in self.request.POST.getlist("tag") if number.isdecimal() and len(number) < 19]
        return list(with_use(Tag.objects.filter(pk__in=numbers)))

    def _suggestion(self):
        """The tag that most have: fewest records change."""
        return {"keep": max(self.chosen, key=lambda tag: tag.contact_count + tag.organisation_count)} if self.chosen else {}

    def get_context_data(self, *, form, **kwargs):
        keep = form["keep"].value()
        return super().get_context_data(
            form=form,
            chosen=self.chosen if len(self.chosen) > 1 else [],
            is_too_few=len(self.chosen) == 1,
            keep=str(getattr(keep, "pk", keep)),
            tags=[] if len(self.chosen) > 1 else with_use(Tag.objects.all()),
            numbers={tag.pk for tag in self.chosen},
            list_url=reverse(self.index_url_name),
            **kwargs,
        )

    def get_breadcrumbs_items(self):
        label = capfirst(Tag._meta.verbose_name_plural)
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(self.index_url_name), "label": label},
            {"url": "", "label": self.page_title},
        ]


class TagViewSet(RegisterViewSet):
    model = Tag
    icon = "tag"
    menu_label = _("Tags")
    menu_order = 650
    search_fields = ["name", "description"]
    index_view_class = TagIndexView
    delete_view_class = TagDeleteView
    list_display = [
        Column("description", label=_("Description")),
        Column("contact_count", label=_("Contacts"), accessor=contacts_link, sort_key="contact_count"),
        Column("organisation_count", label=_("Organisations"), accessor=organisations_link, sort_key="organisation_count"),
    ]
    panels = [FieldPanel("name"), FieldPanel("description")]

    def get_form_class(self, for_update=False):
        return TagForm

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(merge_url_name=self.get_url_name("merge"), **kwargs)

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("merge/", self.construct_view(TagMergeView), name="merge")]
