"""The conditions of a list, each with a way to take it away, also without script."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import QueryDict
from django.utils.translation import gettext


@dataclass
class Chip:
    """What Wagtail's template needs of an active filter, and an address to go to where there is no script."""

    field_label: str
    value: str
    href: str
    auto_id: str = ""
    removed_filter_url: str = ""


def chips(view, active_filters):
    found = [_chip_of_filter(view, one) for one in active_filters]
    if view.is_searching:
        # A real link: the search box stands outside of what is exchanged, and would keep its words.
        found.append(Chip(gettext("Search"), view.search_query, view.address_with(q=None)))
    return found


def _chip_of_filter(view, one):
    params = QueryDict(urlsplit(one.removed_filter_url).query, mutable=True)
    params.pop("_w_filter_fragment", None)
    href = f"{view.index_url}?{params.urlencode(safe=',')}"
    return Chip(str(one.field_label), str(one.value), href, one.auto_id, one.removed_filter_url)
