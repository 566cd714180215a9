"""Choosers that cope with thousands: they search as the lists do, and page."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.permissions import policy_registry

from crm.models import Activity, Contact, Organisation


class SearchForm(BaseFilterForm):
    q = forms.CharField(label=_("Search term"), widget=forms.TextInput(attrs={"placeholder": _("Search")}), required=False)

    def filter(self, objects):
        query = self.cleaned_data.get("q")
        if query:
            self.is_searching = True
            self.search_query = query
            return objects.search(query)
        return objects


class PermittedMixin:
    """Wagtail's choosers ask nobody; these show the register only to those who may see it."""

    def dispatch(self, request, *args, **kwargs):
        policy = policy_registry.get_by_type(self.model_class)
        if not policy.user_has_any_permission(request.user, ["view", "add", "change"]):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class RegisterChooseMixin(PermittedMixin):
    filter_form_class = SearchForm

    @property
    def columns(self):
        return [*super().columns, *self.model_class_columns[self.model_class]]

    model_class_columns = {
        Organisation: [
            Column("kind", label=_("Kind"), accessor="get_kind_display"),
            Column("municipality", label=_("Municipality"), accessor="municipality"),
        ],
        Contact: [Column("email", label=_("E-mail"), accessor="email")],
        Activity: [Column("day", label=_("Day")), Column("kind", label=_("Kind"), accessor="get_kind_display")],
    }


class ChooseView(RegisterChooseMixin, chooser.ChooseView):
    pass


class ChooseResultsView(RegisterChooseMixin, chooser.ChooseResultsView):
    pass


class ChosenView(PermittedMixin, chooser.ChosenView):
    pass


class ChosenMultipleView(PermittedMixin, chooser.ChosenMultipleView):
    pass


class RegisterChooserViewSet(ChooserViewSet):
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    per_page = 15


class OrganisationChooserViewSet(RegisterChooserViewSet):
    model = Organisation
    icon = "group"
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    edit_item_text = _("Open this organisation")

    def get_object_list(self):
        return Organisation.objects.active().select_related("municipality")


class ContactChooserViewSet(RegisterChooserViewSet):
    model = Contact
    icon = "user"
    choose_one_text = _("Choose a contact")
    choose_another_text = _("Choose another contact")
    edit_item_text = _("Open this contact")

    def get_object_list(self):
        return Contact.objects.active().for_list()


class ActivityChooserViewSet(RegisterChooserViewSet):
    model = Activity
    icon = "comment"
    choose_one_text = _("Choose an activity")
    choose_another_text = _("Choose another activity")
    edit_item_text = _("Open this activity")

    def get_object_list(self):
        return Activity.objects.active().newest_first()


organisation_chooser = OrganisationChooserViewSet("organisation_chooser")
contact_chooser = ContactChooserViewSet("contact_chooser")
activity_chooser = ActivityChooserViewSet("activity_chooser")
