from django.db.models import DateField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.models import register_form_field_override

from crm.forms.dates import DateInput
from crm.forms.pictures import PictureField as PictureFormField
from crm.models import PictureField
from crm.viewsets import palette_actions, palette_kinds, palette_small_kinds  # noqa: F401 -- register what the palette finds
from crm.viewsets.calendar_feeds import MyCalendarViewSet
from crm.viewsets.choosers import activity_chooser, contact_chooser, organisation_chooser
from crm.viewsets.dashboard import DashboardPanel
from crm.viewsets.home import ContactSearchArea, ContactsItem, MembersItem, NewNeedsItem
from crm.viewsets.palette import PaletteMenuItem, PaletteViewSet
from crm.viewsets.register import RegisterGroup
from crm.viewsets.saved_view_menu import with_saved_views
from crm.viewsets.visits import VisitViewSet

STYLE_SHEETS = ("register", "dashboard", "lists", "tags", "palette", "face", "ages")

register_form_field_override(DateField, override={"widget": DateInput})
register_form_field_override(PictureField, override={"form_class": PictureFormField})


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [RegisterGroup(), organisation_chooser, contact_chooser, activity_chooser, PaletteViewSet(), MyCalendarViewSet(), VisitViewSet()]


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("crm.archive", _("Archive"), _("Archived"))
    actions.register_action("crm.restore", _("Restore"), _("Restored"))


@hooks.register("insert_global_admin_css")
def register_css():
    sheets = [(static(f"css/admin/{name}.css"),) for name in STYLE_SHEETS]
    return format_html_join("", '<link rel="stylesheet" href="{}">', sheets)


@hooks.register("insert_global_admin_js")
def add_palette():
    return render_to_string("admin/palette/dialog.html")


@hooks.register("insert_global_admin_js")
def name_modals():
    return format_html('<script src="{}" type="module"></script>', static("js/modal_names.js"))


@hooks.register("register_admin_menu_item")
def register_palette_item():
    return PaletteMenuItem()


@hooks.register("construct_main_menu")
def add_saved_views(request, menu_items):
    menu_items[:] = with_saved_views(menu_items, request)


@hooks.register("register_icons")
def register_icons(icons):
    return [*icons, "wagtailadmin/icons/undo.svg"]


@hooks.register("construct_help_menu")
def leave_out_foreign_help(request, menu_items):
    """Wagtail's help is in English, on another site, and about another product."""
    menu_items.clear()


@hooks.register("construct_homepage_summary_items")
def add_summary_items(request, items):
    items += [ContactsItem(request), MembersItem(request), NewNeedsItem(request)]


@hooks.register("register_admin_search_area")
def register_search_area():
    return ContactSearchArea()


@hooks.register("construct_homepage_panels")
def add_dashboard(request, panels):
    panels.append(DashboardPanel(request))
