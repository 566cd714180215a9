"""The demo association's issue: written, checked, and waiting for somebody to publish and send it."""

import tomllib
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify
from markdown_it import MarkdownIt
from wagtail.models import Site
from wagtail.rich_text import RichText

from newsletter.models import Issue, Newsletter, NewsletterPage
from newsletter.stories import story_models

NEWSLETTER = {
    "name": "Nyhetsbrev från Lärnätet Väst",
    "slug": "nyhetsbrev",
    "description": "Nyheter om vuxnas lärande i Västra Götaland och Halland, ungefär fem gånger om året.",
    "from_name": "Lärnätet Väst",
    "from_address": "nyhetsbrev@larnatetvast.example",
    "reply_to": "kansli@larnatetvast.example",
    "postal_address": "Lärnätet Väst\nKnutpunktsgatan 1\n531 99 Lidköping",
    "consent_text": (
        "Jag vill ha Lärnätet Västs nyhetsbrev till adressen ovan, ungefär fem gånger om året. "
        "Adressen används bara till det, och jag kan när som helst säga upp brevet genom länken i varje utskick."
    ),
    "is_default": True,
}
# The greeting of the issue says it, with the reader's name.
SALUTATION = "Hej!\n"


@transaction.atomic
def load_issue(folder):
    """Write the issue of `newsletter.md` as a draft below the newsletter archive, and return it.

    Again changes nothing: an issue that is there may have been edited or sent.
    """
    front, text = _read(Path(folder) / "newsletter.md")
    archive, slug = _archive(), slugify(front["subject"])
    if issue := Issue.objects.child_of(archive).filter(slug=slug).first():
        return issue
    opening, heading, rest = text.removeprefix(SALUTATION).strip().partition("\n## ")
    issue = Issue(
        slug=slug,
        title=front["subject"],
        subject=front["subject"],
        preheader=front["preheader"],
        newsletter=demo_newsletter(),
        live=False,
        body=[*_text_blocks(opening), *_story_blocks(front["news"]), *_text_blocks(heading + rest)],
    )
    archive.add_child(instance=issue)
    issue.save_revision()
    return issue


def demo_newsletter():
    """Return the demo association's newsletter; `load_issue` and the import of its subscribers may come in any order."""
    return Newsletter.objects.get_or_create(name=NEWSLETTER["name"], defaults=NEWSLETTER)[0]


def _archive():
    home = Site.objects.get(is_default_site=True).root_page
    archive = NewsletterPage.objects.child_of(home).filter(slug="nyhetsbrev").first()
    if archive is None:
        archive = NewsletterPage(
            title="Nyhetsbrev", slug="nyhetsbrev", introduction=f"<p>{NEWSLETTER['description']}</p>", show_in_menus=True
        )
        home.add_child(instance=archive)
        archive.save_revision().publish()
    return archive


def _read(path):
    _, front, text = path.read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(front), text


def _text_blocks(markdown):
    """Yield the headings and what stands between them."""
    for section in f"\n{markdown.strip()}".split("\n## "):
        heading, _, text = section.partition("\n")
        if heading:
            yield ("heading", heading.strip())
        if text.strip():
            yield ("text", RichText(MarkdownIt().render(text)))


def _story_blocks(slugs):
    for slug in slugs:
        found = (model.objects.live().filter(slug=slug).first() for model in story_models())
        if page := next(filter(None, found), None):
            yield ("story", {"page": page.page_ptr})
