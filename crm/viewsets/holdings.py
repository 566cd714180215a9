import django_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.utils import get_valid_next_url_from_request, set_query_params
from wagtail.admin.views.generic import PermissionCheckedMixin, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from crm.ages import age_of
from crm.exporting import HoldingExport
from crm.filters.holdings import HoldingFilterSet
from crm.forms.holdings import HandOverForm, HoldingForm
from crm.models import Affiliation, ChangeSet, Contact, Holding, Licence, Organisation
from crm.services.ledger import change_set, name_of
from crm.services.licences import confirm_holding, hand_over
from crm.services.rights import may
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.choosers import contact_chooser
from crm.viewsets.columns import Confirmation
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this
from crm.viewsets.initial import AddressMixin
from crm.viewsets.links import link_to
from crm.viewsets.list_columns import DayColumn, ListColumn
from crm.viewsets.list_groups import RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin, with_return


class HoldingListFilterSet(HoldingFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    organisation = django_filters.ModelChoiceFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="by_organisation", widget=OrganisationFilterWidget
    )
    contact = django_filters.ModelChoiceFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=ContactFilterWidget)


class LinkedColumn(ListColumn):
    """A record that the row leads to, for those who may open it."""

    cell_template_name = "admin/register/holding_link_cell.html"

    def get_cell_context_data(self, holding, parent_context):
        record = getattr(holding, self.name)
        link = link_to(record, parent_context["request"].user) if record else ""
        return {**super().get_cell_context_data(holding, parent_context), "link": link}


class ConfirmedColumn(ListColumn):
    """When it was last confirmed, and a button to do so; the form that it sends stands once on the page, above the table."""

    cell_template_name = "admin/register/holding_confirmed_cell.html"

    def get_value(self, holding):
        return Confirmation(age_of(holding.confirmed_at, holding.seen_on), holding.confirmed_at)

    def get_cell_context_data(self, holding, parent_context):
        url = reverse("holding:confirm", args=[holding.pk])
        may_confirm = may(parent_context["request"].user, "change", Holding) and holding.confirmed_at != timezone.localdate()
        return {**super().get_cell_context_data(holding, parent_context), "url": url, "may_confirm": may_confirm}


class HoldingIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    results_template_name = "admin/register/holding_index_results.html"
    add_item_label = _("Give a licence")
    title_label = _("Holder")
    title_sort_key = "holder_key"
    title_width = "34%"  # long words

    def get_base_queryset(self):
        holdings = super().get_base_queryset().with_holder_key()
        return holdings.select_related("contact", "organisation", "licence").order_by("holder_key", "licence__sort_key")

    def get_table(self, object_list):
        for holding in object_list:
            holding.seen_on = self.as_of or timezone.localdate()
        return super().get_table(object_list)

    def get_add_url(self):
        """Of a list of who holds one licence, that is the one to give."""
        url, licences = super().get_add_url(), self.request.GET.getlist("licence")
        return set_query_params(url, {"licence": licences[0]}) if url and len(licences) == 1 else url

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if url := hand_over_url(instance, self.request.user):
            buttons.append(MenuItem(gettext("Hand over"), url=with_return(url, self.this_url), icon_name="arrow-right", priority=15))
        return buttons

    def get_context_data(self, **kwargs):
        return super().get_context_data(this_url=self.this_url, **kwargs)


class FreeSeatMixin:
    """Looks once more whether a seat is free, at the moment of saving: two people may give away the last one."""

    def form_valid(self, form):
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            Licence.objects.select_for_update().filter(pk=form.instance.licence_id).first()
            try:
                form.instance.clean()
            except ValidationError as error:
                form.add_error(None, error)
                self.produced_error_message = self.get_error_message()
                return self.form_invalid(form)
            return super().form_valid(form)


class HoldingCreateView(FreeSeatMixin, ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        """From today, and confirmed by whoever gives it; for the organisation that somebody works at, where that is clear."""
        contact, organisation = self.record_of("contact", Contact), self.record_of("organisation", Organisation)
        if contact and not organisation:
            organisation = only_organisation_of(contact)
        today = timezone.localdate()
        return Holding(
            licence=self.record_of("licence", Licence),
            contact=contact,
            organisation=organisation,
            since=self.day_of("since") or today,
            confirmed_at=today,
            confirmed_by=name_of(self.request.user)[:150],
        )


def only_organisation_of(contact):
    found = {one.organisation for one in Affiliation.objects.current().filter(contact=contact).select_related("organisation")}
    return found.pop() if len(found) == 1 else None


def hand_over_url(holding, user):
    """Where a licence that is still held is handed over, for whoever may; else ""."""
    is_over = holding.until is not None and holding.until < timezone.localdate()
    return "" if is_over or not may(user, "change", Holding) else reverse("holding:hand_over", args=[holding.pk])


class HoldingEditView(FreeSeatMixin, ReturningMixin, RegisterEditView):
    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if url := hand_over_url(self.object, self.request.user):
            buttons = [Button(gettext("Hand over"), url=with_return(url, self.came_from), icon_name="arrow-right", priority=5), *buttons]
        return buttons


class ChooserHandOverForm(HandOverForm):
    """The same form, with a chooser, which copes with thousands."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].widget = contact_chooser.widget_class()


class HandOverView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """Ends what one person holds and begins what another does, in one change set."""

    model = Holding
    permission_required = "change"
    template_name = "admin/register/hand_over.html"
    page_title = _("Hand over")
    header_icon = "arrow-right"

    @cached_property
    def holding(self):
        return get_object_or_404(
            Holding.objects.select_related("licence", "contact", "organisation"), pk=min(self.kwargs["pk"], LARGEST_NUMBER)
        )

    @property
    def back_url(self):
        return get_valid_next_url_from_request(self.request) or reverse("holding:index")

    def get_breadcrumbs_items(self):
        lists = {"url": reverse("holding:index"), "label": gettext("Licence holdings")}
        return [*super().get_breadcrumbs_items(), lists, {"url": "", "label": str(self.holding)}]

    def get(self, request, pk):
        return self.ask(ChooserHandOverForm(holding=self.holding))

    def post(self, request, pk):
        form = ChooserHandOverForm(request.POST, holding=self.holding)
        if not form.is_valid():
            return self.ask(form)
        words = {"licence": self.holding.licence, "to": form.cleaned_data["to"]}
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT, note=gettext("Handing over a licence")):
            hand_over(self.holding, **form.cleaned_data)
            buttons = buttons_to_undo_this(request.user)
        messages.success(request, gettext("%(to)s has %(licence)s now.") % words, buttons=buttons)
        return HttpResponseRedirect(self.back_url)

    def ask(self, form):
        self.form = form
        return self.render_to_response(self.get_context_data(form=form, media=form.media, holding=self.holding, back_url=self.back_url))


class ConfirmView(View):
    """Notes that a licence is still used, and goes back to where the button was. A second press does no harm."""

    def post(self, request, pk):
        if not may(request.user, "change", Holding):
            raise PermissionDenied
        holding = get_object_or_404(Holding.objects.select_related("licence"), pk=min(pk, LARGEST_NUMBER))
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
            confirm_holding(holding, acting_user=request.user)
            buttons = buttons_to_undo_this(request.user)
        words = {"licence": holding.licence, "holder": holding}
        messages.success(request, gettext("%(holder)s still uses %(licence)s: confirmed today.") % words, buttons=buttons)
        return HttpResponseRedirect(get_valid_next_url_from_request(request) or reverse("holding:index"))


class HoldingViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = Holding
    icon = "key"
    menu_label = _("Licence holdings")
    menu_order = 431
    index_view_class = HoldingIndexView
    add_view_class = HoldingCreateView
    edit_view_class = HoldingEditView
    filterset_class = HoldingListFilterSet
    import_kind = "holdings"
    exportable_class = HoldingExport
    list_display = [
        LinkedColumn("licence", label=_("Licence"), sort_key="licence__sort_key"),
        DayColumn("since", label=_("From"), sort_key="since", may_be_missing=True),
        DayColumn("until", label=_("Until"), sort_key="until", may_be_missing=True),
        ConfirmedColumn("confirmed", label=_("Confirmed"), sort_key="confirmed_at", may_be_missing=True),
    ]
    more_columns = [
        LinkedColumn("contact", label=_("Contact"), sort_key="contact__sort_key"),
        LinkedColumn("organisation", label=_("Organisation"), sort_key="organisation__sort_key"),
        ListColumn(
            "municipality",
            label=_("Municipality"),
            accessor="organisation.municipality",
            related=["organisation__municipality"],
            sort_key="organisation__municipality__sort_key",
        ),
        ListColumn("confirmed_by", label=_("Confirmed by"), sort_key="confirmed_by"),
        ListColumn("note", label=_("Note"), sort_key="note"),
    ]
    groupings = [
        RecordGrouping("licence", _("Licence"), Licence, "licence", "licence__sort_key"),
        RecordGrouping("organisation", _("Organisation"), Organisation, "organisation", "organisation__sort_key"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("licence"),
            FieldRowPanel([FieldPanel("contact"), FieldPanel("organisation")]),
            FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
            FieldRowPanel([FieldPanel("confirmed_at"), FieldPanel("confirmed_by")]),
            FieldPanel("note"),
        ],
        base_form_class=HoldingForm,
    )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("confirm/<int:pk>/", ConfirmView.as_view(), name="confirm"),
            path("hand_over/<int:pk>/", self.construct_view(HandOverView), name="hand_over"),
        ]
