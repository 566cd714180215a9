from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from crm.exceptions import FilterError
from crm.filters.contacts import ContactFilterSet, contacts_matching, describe, describe_all
from crm.models import Segment
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet


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
        try:
            contacts_matching(query)
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
            context.update(conditions=describe(self.query), count=contacts_matching(self.query).count())
        except ValidationError as error:
            context.update(filter_errors=error.messages)
        context["list_url"] = f"{reverse('contact:index')}?{self.query}"
        context["export_url"] = f"{reverse('contact:export')}?{self.query}" if self.request.user.has_perm("crm.change_contact") else ""
        return context


class SegmentCreateView(SegmentViewMixin, RegisterCreateView):
    def get_initial(self):
        return {"query": filter_part(self.request.GET) or filter_part(QueryDict(self.request.GET.get("query", "")))}

    def save_instance(self):
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class SegmentEditView(SegmentViewMixin, RegisterEditView):
    pass


class SegmentIndexView(RegisterIndexView):
    title_sort_key = "name"

    def get_table(self, object_list):
        for segment, conditions in zip(object_list, describe_all([one.query for one in object_list]), strict=True):
            segment.conditions = "; ".join(conditions)
        return super().get_table(object_list)

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
    list_display = [Column("conditions", label=_("Filter"))]
    panels = [FieldPanel("name"), FieldPanel("query")]

    def get_form_class(self, for_update=False):
        return SegmentForm
