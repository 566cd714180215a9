"""Saved views in the sidebar, each below its list."""

import copy

from django.apps import apps
from django.urls import reverse
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from crm.models import SavedView
from crm.services.rights import may_view
from crm.services.saved_views import address_of

MOST_PER_LIST = 10  # the list itself has them all


def with_saved_views(menu_items, request):
    """Return the main menu with the views in it. What Wagtail gives is shared between requests, and stays as it is."""
    views = list(SavedView.objects.seen_by(request.user).order_by("name", "pk"))
    views = [view for view in views if may_view(request.user, apps.get_model("crm", view.kind))]
    return [_with_views(item, views, request) if views and isinstance(item, SubmenuMenuItem) else item for item in menu_items]


def _with_views(item, views, request):
    lists = {one.url: one for one in item.menu.registered_menu_items}
    added = []
    for kind in dict.fromkeys(view.kind for view in views):
        url = reverse(f"{kind}:index")
        if url in lists:
            mine = sorted((view for view in views if view.kind == kind), key=lambda view: view.owner_id != request.user.pk)
            added += [_item(view, url, lists[url], number) for number, view in enumerate(mine[:MOST_PER_LIST], 1)]
    if not added:
        return item
    item = copy.copy(item)
    item.menu = Menu(items=[*item.menu.registered_menu_items, *added])
    return item


def _item(view, url, of_list, number):
    order = of_list.order + number / 100
    return MenuItem(
        view.name, address_of(view, url), name=f"saved-view-{view.pk}", classname="register-saved-view", icon_name="list-ul", order=order
    )
