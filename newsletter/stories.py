"""Stories of the site that an issue can pick.

The newsletter doesn't know the site's pages: a page type that can be a story registers itself (in its AppConfig.ready())
and offers `as_story()`.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps


@dataclass(frozen=True)
class Story:
    title: str
    text: str
    url: str  # absolute
    image: Any = None  # a Wagtail image, or None
    image_alt: str = ""


_page_types = []


def register_story_page(label):
    """Let issues pick pages of this type ("app.Model"), whose `as_story()` returns a Story."""
    if label not in _page_types:
        _page_types.append(label)


def story_models():
    """Return the registered page classes."""
    return [apps.get_model(label) for label in _page_types]
