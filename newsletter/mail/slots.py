"""Places in a finished mail that are filled for each reader."""

import re
from html import escape

GREETING = "⟦greeting⟧"
UNSUBSCRIBE_URL = "⟦unsubscribe_url⟧"
SLOT = re.compile(r"⟦(greeting|unsubscribe_url)⟧")
FIRST_NAME = "[förnamn]"


def greet(greeting, first_name):
    """Return the greeting to somebody; without a name the placeholder goes, and the space before it.

    ("Hej [förnamn]!", "Anna") → "Hej Anna!", ("Hej [förnamn]!", "") → "Hej!"
    """
    if first_name:
        return greeting.replace(FIRST_NAME, first_name)
    return greeting.replace(" " + FIRST_NAME, "").replace(FIRST_NAME, "").strip()


def fill_html(html, values):
    return SLOT.sub(lambda slot: escape(values[slot[1]]), html)


def fill_text(text, values):
    return SLOT.sub(lambda slot: values[slot[1]], text)
