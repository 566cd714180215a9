"""What the admin's first page says of the register: the figures of today, each leading to the rows behind it."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.search import SearchArea
from wagtail.admin.site_summary import SummaryItem

from crm.models import Contact, Need, Organisation


class RegisterSummaryItem(SummaryItem):
    template_name = "admin/register/summary_item.html"
    model = None
    icon = ""

    def is_shown(self):
        return self.request.user.has_perm(f"crm.view_{self.model._meta.model_name}")

    def get_context_data(self, parent_context):
        return {"icon": self.icon, "url": self.url, "number": self.number, "label": self.label}


class ContactsItem(RegisterSummaryItem):
    order = 10
    model = Contact
    icon = "user"

    @cached_property
    def number(self):
        return Contact.objects.in_role().count()

    @property
    def label(self):
        return ngettext("contact person", "contact persons", self.number)

    @property
    def url(self):
        return reverse("contact:index") + "?in_role=yes"


class MembersItem(RegisterSummaryItem):
    order = 20
    model = Organisation
    icon = "group"

    @cached_property
    def number(self):
        return Organisation.objects.members().count()

    @property
    def label(self):
        return ngettext("member", "members", self.number)

    @property
    def url(self):
        return reverse("organisation:index") + "?member=yes"


class NewNeedsItem(RegisterSummaryItem):
    """What companies have written on the site and nobody has looked at yet; nothing when there is nothing."""

    order = 30
    model = Need
    icon = "help"

    def is_shown(self):
        return super().is_shown() and self.number > 0

    @cached_property
    def number(self):
        return Need.objects.active().inbox().count()

    @property
    def label(self):
        return ngettext("new training need", "new training needs", self.number)

    @property
    def url(self):
        return reverse("need:index") + "?state=new"


class ContactSearchArea(SearchArea):
    """The sidebar's search, for whoever has no pages to search: the first area that is shown is the one it leads to."""

    def __init__(self):
        super().__init__(_("Contacts"), reverse("contact:index"), name="contacts", icon_name="user", order=150)

    def is_shown(self, request):
        return request.user.has_perm("crm.view_contact")
