from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from crm.exceptions import FilterError
from crm.filters.contacts import ContactFilterSet, contacts_in, contacts_matching, describe, describe_all
from crm.models import Segment
from crm.services.segment_uses import segments_built_on, uses_of
from crm.viewsets.base import DeleteUnusedView, RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.segment_page import AddExceptionView, RemoveExceptionView, SegmentPage


def filter_part(params):
    """Return what of an address narrows the list down, without page, order and empty fields."""
    kept = QueryDict(mutable=True)
    for name in [*ContactFilterSet.base_filters, "q"]:
        kept.setlist(name, [value for value in params.getlist(name) if value])
    return kept.urlencode()


class SegmentForm(WagtailAdminModelForm):
    class Meta:
        model = Segment
        fields = ["name", "query"]
        widgets = {"query": forms.HiddenInput}

    def clean_query(self):
        query = filter_part(QueryDict(self.cleaned_data["query"].lstrip("?")))
        # Whoever gives a segment another name need not be one who may see all that it asks for.
        user = None if query == self.instance.query else self.for_user
        try:
            contacts_matching(query, user=user, within=(self.instance.pk,))
        except FilterError as error:
            raise ValidationError(error.messages) from error
        if not query:
            raise ValidationError(_("A segment needs a filter. Filter the contact list and choose “Save as segment”."))
        return query


class SegmentViewMixin:
    template_name = "admin/register/segment_form.html"

    @cached_property
    def query(self):
        return self.form.data.get("query") or self.form.initial.get("query") or ""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        try:
            context.update(conditions=describe(self.query), count=self.contacts().count())
        except ValidationError as error:
            context.update(filter_errors=error.messages)
        context["list_url"] = f"{reverse('contact:index')}?{self.list_query}"
        context["export_url"] = f"{reverse('contact:export')}?{self.list_query}" if self.request.user.has_perm("crm.change_contact") else ""
        return context

    @property
    def list_query(self):
        return self.query

    def contacts(self):
        return contacts_in(Segment(query=self.query), user=self.request.user)


class SegmentCreateView(SegmentViewMixin, RegisterCreateView):
    def get_initial(self):
        return {"query": filter_part(self.request.GET) or filter_part(QueryDict(self.request.GET.get("query", "")))}

    def save_instance(self):
        self.form.instance.created_by = self.request.user
        return super().save_instance()

    def get_success_url(self):
        return reverse("segment:show", args=[self.form.instance.pk])


class SegmentEditView(SegmentViewMixin, RegisterEditView):
    def get_success_url(self):
        return reverse("segment:show", args=[self.object.pk])

    @property
    def list_query(self):
        return f"segment={self.object.pk}"

    def contacts(self):
        return contacts_in(self.object, user=self.request.user)


class SegmentDeleteView(DeleteUnusedView):
    """Names whatever uses the segment, other segments too: they would find nobody any more."""

    def users(self):
        for use in uses_of(self.object, self.request.user):
            if use.holds:
                yield "", f"{use.kind}: {use.name}", use.url

    def form_valid(self, form):
        if built_on := [use.name for use in segments_built_on(self.object)]:
            words = {"name": self.object, "users": ", ".join(built_on)}
            messages.error(self.request, gettext("“%(name)s” is still in use by: %(users)s. Change those first.") % words)
            return redirect("segment:show", self.object.pk)
        return super().form_valid(form)


class SegmentIndexView(RegisterIndexView):
    title_sort_key = "name"

    def get_table(self, object_list):
        for segment, conditions in zip(object_list, describe_all([one.query for one in object_list]), strict=True):
            segment.conditions = "; ".join(conditions)
        return super().get_table(object_list)

    def get_title_url(self, instance):
        """The name leads to the segment's page, which is for those as well who may only look."""
        return reverse("segment:show", args=[instance.pk])

    @cached_property
    def add_button(self):
        return HeaderButton(gettext("Filter the contact list"), url=reverse("contact:index"), icon_name="plus")


class SegmentViewSet(RegisterViewSet):
    model = Segment
    icon = "tag"
    menu_label = _("Segments")
    menu_order = 500
    search_fields = ["name"]
    index_view_class = SegmentIndexView
    add_view_class = SegmentCreateView
    edit_view_class = SegmentEditView
    delete_view_class = SegmentDeleteView
    list_display = [Column("conditions", label=_("Filter"))]
    panels = [FieldPanel("name"), FieldPanel("query")]

    def get_form_class(self, for_update=False):
        return SegmentForm

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.construct_view(SegmentPage), name="show"),
            path("<int:pk>/exceptions/add/", self.construct_view(AddExceptionView), name="add_exception"),
            path("<int:pk>/exceptions/<int:exception>/remove/", self.construct_view(RemoveExceptionView), name="remove_exception"),
        ]
