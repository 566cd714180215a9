"""What of the register can be done from the palette, and the lists of the admin's menu to go to."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import SubmenuMenuItem, admin_menu

from crm.models import Task
from crm.services.palette import Hit
from crm.services.palette_actions import Action, offered, register_actions
from crm.services.rights import may_view

ACTIONS = [
    Action(_("New contact"), "contact:add", "crm.add_contact", words=_("create add person")),
    Action(_("New organisation"), "organisation:add", "crm.add_organisation", words=_("create add")),
    Action(_("New visit"), "visit:index", "crm.add_activity", words=_("log new activity company")),
    Action(_("New relation between organisations"), "relationship:add", "crm.add_relationship", words=_("create add"), comes_back=True),
    Action(_("Log a call"), "activity:add", "crm.add_activity", words=_("new activity"), params=(("kind", "call"),), comes_back=True),
    Action(_("New task"), "task:add", "crm.add_task", words=_("create add remember"), comes_back=True),
    Action(_("New network"), "network:add", "crm.add_network", words=_("create add")),
    Action(_("New licence"), "licence:add", "crm.add_licence", words=_("create add tool")),
    Action(_("Give a licence"), "holding:add", "crm.add_holding", words=_("create add holding"), comes_back=True),
    Action(_("New project"), "project:add", "crm.add_project", words=_("create add")),
    Action(_("New mobility"), "mobility:add", "crm.add_mobility", words=_("create add")),
    Action(_("Enter a cost"), "cost:add", "crm.add_cost", words=_("create add project budget"), comes_back=True),
    Action(_("New course"), "course:add", "crm.add_course", words=_("create add campus")),
    Action(_("Note a seat request"), "seatrequest:add", "crm.add_seatrequest", words=_("course campus"), comes_back=True),
    Action(_("New training need"), "need:add", "crm.add_need", words=_("create add company"), comes_back=True),
    Action(_("Note an interest in a project"), "interest:add", "crm.add_interest", words=_("company"), comes_back=True),
    Action(_("New item of the activity plan"), "planitem:add", "crm.add_planitem", words=_("create add")),
    Action(_("New board document"), "boarddocument:add", "crm.add_boarddocument", words=_("create add minutes"), comes_back=True),
    Action(_("New fee round"), "feeround:add", "crm.add_feeround", words=_("create add invoice")),
    Action(_("Remind of overdue fees"), "fee:reminders", "crm.change_fee", "mail", words=_("reminder unpaid")),
    Action(_("Export for the accounts"), "fee:accounts", "crm.change_fee", "download", words=_("fees SIE bookkeeping")),
    Action(_("New tag"), "tag:add", "crm.add_tag", words=_("create add")),
    Action(_("Import a spreadsheet"), "register_import:index", "crm.add_contact", "upload", words=_("Excel CSV vCard file upload")),
    Action(_("Export contacts"), "contact:export", "crm.change_contact", "download", words=_("Excel CSV spreadsheet download")),
]


@register_actions
def register(request):
    yield from offered(request.user, ACTIONS, request.GET.get("here", ""))


@register_actions
def own_pages(request):
    if may_view(request.user, Task):
        yield Hit(gettext("My calendar and reminders"), reverse("my_calendar:index"), icon="calendar"), gettext("ICS phone mail")


@register_actions
def places(request):
    """Whatever stands in the menu of whoever asks: lists, reports, settings."""
    yield from _items(request, admin_menu)


def _items(request, menu, *above):
    for item in menu.menu_items_for_request(request):
        if isinstance(item, SubmenuMenuItem):
            yield from _items(request, item.menu, *above, str(item.label))
        elif "data-palette-open" not in item.attrs:
            where = ", ".join(above)
            yield Hit(str(item.label), item.url, icon=item.icon_name or "arrow-right", detail=where), where
