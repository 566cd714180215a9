from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from crm.viewsets.exporting import ExportableIndexMixin, ExportableViewSetMixin
from newsletter.exporting.subscriptions import SubscriptionExport
from newsletter.filters.subscriptions import SubscriptionFilterSet
from newsletter.forms import SubscriptionForm
from newsletter.models import Subscription


class SubscriptionIndexView(ExportableIndexMixin, generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("newsletter", "contact")

    def order_queryset(self, queryset):
        # A second key, since databases may order equal rows differently from one page to the next.
        return queryset.order_by(self.ordering, "pk") if isinstance(self.ordering, str) else super().order_queryset(queryset)

    def search_queryset(self, queryset):
        return queryset.search(self.search_query)


class SubscriptionViewSet(ExportableViewSetMixin, ModelViewSet):
    model = Subscription
    name = "newsletter_subscriptions"
    url_prefix = "newsletter/subscriptions"
    menu_label = _("Subscriptions")
    icon = "list-ul"
    menu_order = 20
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = SubscriptionIndexView
    filterset_class = SubscriptionFilterSet
    exportable_class = SubscriptionExport
    list_per_page = 50
    ordering = "normalised"
    search_fields = ["normalised", "name"]
    search_backend_name = None
    inspect_view_enabled = True
    inspect_view_fields = [
        "email",
        "name",
        "contact",
        "newsletter",
        "state",
        "basis",
        "source",
        "requested_at",
        "confirmed_at",
        "consent_text",
        "consent_version",
        "asker_hash",
        "unsubscribed_at",
        "unsubscribed_by",
    ]
    list_display = [
        TitleColumn("email", label=_("E-mail"), sort_key="normalised", url_name="newsletter_subscriptions:edit"),
        Column("name", label=_("Name"), accessor=lambda subscription: subscription.name or subscription.contact or "", sort_key="name"),
        Column("newsletter", label=_("Newsletter")),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            sort_key="state",
            primary=lambda subscription: subscription.state == Subscription.State.ACTIVE,
        ),
        Column("basis", label=_("Legal basis"), accessor="get_basis_display", sort_key="basis"),
        DateColumn("created_at", label=_("Created"), sort_key="created_at"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("newsletter"),
            FieldRowPanel([FieldPanel("email"), FieldPanel("name")]),
            FieldRowPanel([FieldPanel("state"), FieldPanel("basis")]),
            FieldRowPanel([FieldPanel("language"), FieldPanel("source")]),
        ],
        base_form_class=SubscriptionForm,
    )
