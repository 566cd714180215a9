"""What can be done from the palette: making something new, and other things that don't depend on the page one is on."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from crm.services.palette import Hit, begins
from crm.text import search_words


@dataclass(frozen=True)
class Action:
    label: str
    url_name: str
    permission: str
    icon: str = "plus"
    words: str = ""  # by which it is found as well
    params: tuple = ()
    comes_back: bool = False  # to the page on which the palette was opened

    def hit(self, here=""):
        """Return where it leads, or None where there is no such page."""
        try:
            url = reverse(self.url_name)
        except NoReverseMatch:
            return None
        params = [*self.params, *([("next", here)] if self.comes_back and here else [])]
        return Hit(str(self.label), f"{url}?{urlencode(params)}" if params else url, icon=self.icon)


_sources = []


def register_actions(source):
    """Let a function yield (Hit, words by which it is found as well) for a request; usable as a decorator."""
    _sources.append(source)
    return source


def offered(user, actions, here=""):
    """Yield what a source yields, of actions that somebody may take."""
    for action in actions:
        if user.has_perm(action.permission) and (hit := action.hit(here)):
            yield hit, str(action.words)


def actions(request, query):
    """Return Hits: the actions in whose name, or other words, each word of the query begins a word."""
    words = search_words(query)
    found = [hit for source in _sources for hit, more in source(request) if begins(f"{hit.title} {more}", words)]
    return list({hit.url: hit for hit in reversed(found)}.values())[::-1]  # under its first name, what is registered under two
