from urllib.parse import urlencode

from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.widgets.button import Button

from crm.exporting import ContactExport
from crm.filters.choices import RecordFilter
from crm.filters.contacts import ContactFilterSet
from crm.forms.contact_points import ContactPointPanel
from crm.forms.lines import LinesPanel
from crm.forms.records import CONTACT_SPOTS
from crm.forms.tags import TaggedViewSetMixin
from crm.models import Contact, ContactPoint, Organisation
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.bulk_edits import BulkEditableIndexMixin, BulkEditableViewSetMixin
from crm.viewsets.cards import ContactCardView
from crm.viewsets.columns import PointColumn, RolesColumn
from crm.viewsets.contact_columns import CONTACT_COLUMNS, CONTACT_GROUPINGS
from crm.viewsets.filter_widgets import OrganisationFilterWidget
from crm.viewsets.job_changes import job_change_button, job_change_item, job_change_patterns
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.merges import FollowsMergeMixin, MergeableRecordMixin, MergeableViewSetMixin
from crm.viewsets.record import LeadsToRecordMixin, RecordListMixin, RecordView, RecordViewSetMixin
from crm.viewsets.segments import filter_part
from crm.viewsets.vacancies import vacant_role


class ContactListFilterSet(ContactFilterSet):
    """The same filter, with a chooser for organisations, which copes with thousands."""

    organisation = RecordFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="with_the_others", widget=OrganisationFilterWidget
    )


class ContactIndexView(BulkEditableIndexMixin, RecordListMixin, ListOptionsMixin, RegisterIndexView):
    @property
    def as_of_text(self):
        day = date_format(self.as_of)
        if self.is_future:
            return gettext("Roles on %(day)s, as far as the register knows. Name, e-mail and phone are today’s.") % {"day": day}
        return gettext("Roles on %(day)s. Name, e-mail and phone are today’s.") % {"day": day}

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if self.request.user.has_perm("crm.add_segment") and (self.is_filtering or self.is_searching):
            url = reverse("segment:add") + "?" + urlencode({"query": filter_part(self.request.GET)})
            buttons = [*buttons, Button(gettext("Save as segment"), url=url, icon_name="tag", priority=4)]
        return buttons

    def get_list_more_buttons(self, instance):
        return super().get_list_more_buttons(instance) + job_change_item(instance, self.request.user)


class ContactCreateView(LeadsToRecordMixin, RegisterCreateView):
    def get_initial_form_instance(self):
        """Whoever has been searched for in vain need not be typed once more; nor the role, where a vacancy is filled."""
        if role := vacant_role(self.request.GET):
            return self.model(affiliations=[role])
        words = self.request.GET.get("q", "").split()
        if not words or not all(word.replace("-", "").isalpha() for word in words):  # an address or a number
            return super().get_initial_form_instance()
        first, *last = [word if word != word.lower() else word.title() for word in words]
        return self.model(first_name=first[:100], last_name=" ".join(last)[:100])


class WithCardMixin:
    @property
    def card_url(self):
        return reverse("contact:vcard", args=[self.object.pk]) if self.user_has_permission("change") else ""

    @cached_property
    def header_more_buttons(self):
        button = Button(gettext("Download vCard"), url=self.card_url, icon_name="download", priority=15)
        buttons = [*super().header_more_buttons, *([button] if self.card_url else [])]
        return buttons + job_change_button(self.object, self.request.user)


class ContactEditView(FollowsMergeMixin, WithCardMixin, LeadsToRecordMixin, RegisterEditView):
    pass


class ContactRecordView(FollowsMergeMixin, MergeableRecordMixin, WithCardMixin, RecordView):
    spots = CONTACT_SPOTS

    @cached_property
    def head_roles(self):
        return self.object.affiliations.current().newest_first().select_related("organisation", "role")[:3]


POINT_PANELS = [
    FieldRowPanel([FieldPanel("kind", classname="col3"), FieldPanel("value", classname="col9")]),  # an address is long
    FieldRowPanel(
        [FieldPanel("is_primary", classname="col3"), FieldPanel("status", classname="col3"), FieldPanel("affiliation", classname="col6")]
    ),
]


class ContactViewSet(
    MergeableViewSetMixin,
    BulkEditableViewSetMixin,
    TaggedViewSetMixin,
    ListOptionsViewSetMixin,
    RecordViewSetMixin,
    ArchivableViewSet,
):
    model = Contact
    icon = "user"
    menu_label = _("Contacts")
    menu_order = 100
    index_view_class = ContactIndexView
    filterset_class = ContactListFilterSet
    import_kind = "contacts"
    exportable_class = ContactExport
    add_view_class = ContactCreateView
    edit_view_class = ContactEditView
    inspect_view_class = ContactRecordView
    list_display = [
        RolesColumn("roles", label=_("Roles")),
        PointColumn("email", ContactPoint.Kind.EMAIL, label=_("E-mail")),
        PointColumn("phone", ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE, label=_("Phone")),
    ]
    more_columns = CONTACT_COLUMNS
    groupings = CONTACT_GROUPINGS
    panels = [
        FieldRowPanel([FieldPanel("first_name"), FieldPanel("last_name")], heading=_("Name")),
        FieldPanel("photo"),
        ContactPointPanel(heading=_("E-mail and phone"), label=_("address or number"), panels=POINT_PANELS),
        LinesPanel(
            "affiliations",
            heading=_("Roles at organisations"),
            label=_("role at an organisation"),
            panels=[
                FieldPanel("organisation"),
                FieldRowPanel([FieldPanel("role"), FieldPanel("title")]),
                FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
                FieldRowPanel([FieldPanel("end_reason"), FieldPanel("is_public")]),
                FieldRowPanel([FieldPanel("confirmed_at"), FieldPanel("confirmed_by")]),
            ],
        ),
        MultiFieldPanel(
            [
                FieldPanel("tag_names"),
                FieldPanel("quick_facts"),
                FieldPanel("note"),
                FieldRowPanel([FieldPanel("language"), FieldPanel("source")]),
            ],
            heading=_("Other"),
        ),
    ]

    def get_urlpatterns(self):
        vcard = path("vcard/<int:pk>/", self.construct_view(ContactCardView), name="vcard")
        return [*super().get_urlpatterns(), vcard, *job_change_patterns(self)]
