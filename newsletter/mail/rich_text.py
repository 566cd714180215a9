"""Rich text on its way into a mail: clean HTML with absolute links, and plain text."""

from bs4 import BeautifulSoup, NavigableString
from django.utils.safestring import mark_safe
from wagtail.rich_text import expand_db_html

from newsletter.mail.links import absolute

ALLOWED = {"p", "br", "b", "strong", "i", "em", "a", "ul", "ol", "li"}
DROPPED_WITH_CONTENT = ["script", "style", "iframe", "object", "template"]
SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:")
# Mail programs drop style sheets, so each element carries its own.
STYLES = {
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding-left:22px",
    "ol": "margin:0 0 16px;padding-left:22px",
    "li": "margin:0 0 6px",
    "a": "color:#b03d14;text-decoration:underline",
}


def mail_html(source):
    """Return the rich text as the few elements that mail programs agree on."""
    soup = _parse(source)
    for element in soup.find_all(True):
        if element.name not in ALLOWED:
            element.unwrap()
            continue
        href = absolute(element.get("href", ""))
        element.attrs = {"style": STYLES[element.name]} if element.name in STYLES else {}
        if element.name == "a" and href.startswith(SAFE_SCHEMES):
            element["href"] = href
            element["class"] = "link"
    return mark_safe(str(soup))  # rebuilt above from allowed elements only


def plain_text(source):
    """Return the rich text as paragraphs of plain text, addresses after the words that link to them."""
    soup = _parse(source)
    paragraphs = []
    for element in soup.children:
        if getattr(element, "name", None) in ("ul", "ol"):
            items = element.find_all("li", recursive=False)
            marks = [f"{number}. " if element.name == "ol" else "- " for number in range(1, len(items) + 1)]
            paragraphs.append("\n".join(mark + _inline(item) for mark, item in zip(marks, items, strict=True)))
        else:
            paragraphs.append(_inline(element))
    return "\n\n".join(filter(None, paragraphs))


def _parse(source):
    soup = BeautifulSoup(expand_db_html(source), "html.parser")
    for element in soup.find_all(DROPPED_WITH_CONTENT):
        element.decompose()
    return soup


def _inline(node):
    if isinstance(node, NavigableString):
        return str(node).strip()
    words = []
    for part in node.descendants:
        if isinstance(part, NavigableString):
            words.append(str(part))
            link = part.find_parent("a")
            href = absolute(link.get("href", "")) if link and part is list(link.strings)[-1] else ""
            if href.startswith(SAFE_SCHEMES) and href.removeprefix("mailto:") != link.get_text():
                words.append(f" ({href})")
        elif part.name == "br":
            words.append("\n")
    return "".join(words).strip()
