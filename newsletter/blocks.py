"""The blocks of a mail. They are few and their own: what holds in mail programs is not what the site can do.

Each says once, in `content`, what it shows; the mail (MJML), the web page (HTML) and the text part are made from that.
"""

from itertools import groupby

from django.db.models import Prefetch, prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from newsletter.mail.links import absolute
from newsletter.mail.rich_text import mail_html, plain_text
from newsletter.stories import story_models

# Twice the width shown, for sharp screens; a format that Outlook knows.
PICTURE_SPEC = "width-1104|format-jpeg|jpegquality-80|bgcolor-ffffff"
WEB_SPEC = "width-1104|format-jpeg"  # as in the templates of the web page


class MailBlock:
    """Mixin: a block with a mail template, a web template of the same name, and a text."""

    def content(self, value):
        """Return the flat variables of the templates; None when there is nothing to show."""
        raise NotImplementedError

    def text(self, **content):
        raise NotImplementedError

    # Mail and text come from the same content, which costs: `compose` asks for it once.

    def render_mail(self, content):
        return "" if content is None else render_to_string(f"email/blocks/{self.name}.mjml", content)

    def render_text(self, content):
        return "" if content is None else self.text(**content)

    def render(self, value, context=None):
        content = self.content(value)
        return "" if content is None else super().render(value, {**(context or {}), **content})

    def get_template(self, value=None, context=None):
        return f"newsletter/blocks/{self.name}.html"


class HeadingBlock(MailBlock, blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")

    def content(self, value):
        return {"title": value}

    def text(self, title):
        return f"{title}\n{'-' * len(title)}"


class TextBlock(MailBlock, blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")

    def content(self, value):
        return {"html": mail_html(value.source), "source": value.source}

    def text(self, source, **content):
        return plain_text(source)


class PictureBlock(MailBlock, blocks.StructBlock):
    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=200)
    link = blocks.URLBlock(label=_("Link"), required=False, help_text=_("Where a click on the picture leads."))

    class Meta:
        icon = "image"
        label = _("Picture")

    def bulk_to_python(self, values):
        pictures = super().bulk_to_python(values)
        images = [picture["image"] for picture in pictures if picture["image"]]
        renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=[PICTURE_SPEC, WEB_SPEC])
        prefetch_related_objects(images, Prefetch("renditions", renditions, to_attr="prefetched_renditions"))
        return pictures

    def content(self, value):
        image = value["image"]
        if not image:
            return None
        return {
            "image": image,
            "alt": "" if image.decorative else image.contextual_alt_text or "",
            "image_url": picture_url(image),
            "caption": value["caption"],
            "url": value["link"],
        }

    def text(self, alt, caption, url, **content):
        return "\n".join(filter(None, [f"[{alt}]" if alt else "", caption, url]))


class ButtonBlock(MailBlock, blocks.StructBlock):
    label = blocks.CharBlock(label=_("Words on the button"), max_length=60, help_text=_("For example “Sign up for the conference”."))
    page = blocks.PageChooserBlock(label=_("Leads to the page"), required=False)
    link = blocks.URLBlock(label=_("or to the address"), required=False)

    class Meta:
        icon = "link"
        label = _("Button")

    def content(self, value):
        page = value["page"]
        url = absolute(page.url) if page and page.live else value["link"]
        return {"label": value["label"], "url": url} if url else None

    def text(self, label, url):
        return f"{label}: {url}"


class StoryChooserBlock(blocks.PageChooserBlock):
    """Chooses among the page types that the site has registered as stories. Migrations name this class: never move it."""

    # Not cached, as Wagtail's are: page types may register after the block has first been asked.
    @property
    def target_models(self):
        return story_models()

    @property
    def target_model(self):
        return Page

    def bulk_to_python(self, values):
        pages = super().bulk_to_python(values)
        fetch_specific([page for page in pages if page])
        return pages


class StoryBlock(MailBlock, blocks.StructBlock):
    page = StoryChooserBlock(label=_("Story"))

    class Meta:
        icon = "doc-full-inverse"
        label = _("Story from the site")

    def content(self, value):
        page = value["page"]
        if page is None or not page.live:
            return None
        story = page.specific.as_story()
        return {
            "title": story.title,
            "teaser": story.text,
            "url": absolute(story.url),
            "image": story.image,
            "image_url": picture_url(story.image) if story.image else "",
            "alt": story.image_alt,
        }

    def text(self, title, teaser, url, **content):
        return "\n".join(filter(None, [title.upper(), teaser, url]))


class QuoteBlock(MailBlock, blocks.StructBlock):
    quote = blocks.TextBlock(label=_("Quote"), rows=3)
    who = blocks.CharBlock(label=_("Who said it"), required=False, max_length=150)

    class Meta:
        icon = "openquote"
        label = _("Quote")

    def content(self, value):
        return {"quote": value["quote"], "who": value["who"]}

    def text(self, quote, who):
        return f"”{quote}”" + (f"\n\N{EN DASH} {who}" if who else "")


class DividerBlock(MailBlock, blocks.StaticBlock):
    class Meta:
        icon = "horizontalrule"
        label = _("Divider")
        admin_text = _("A line across the mail.")

    def content(self, value):
        return {}

    def text(self):
        return "* * *"


class MailBody(blocks.StreamBlock):
    heading = HeadingBlock(max_length=150)
    text = TextBlock(features=["bold", "italic", "link", "ul", "ol"])
    story = StoryBlock()
    picture = PictureBlock()
    button = ButtonBlock()
    quote = QuoteBlock()
    divider = DividerBlock()


def fetch_specific(pages):
    """Give the pages their specific pages, with every picture and its renditions: queries by the type, not by the page."""
    images = get_image_model().objects.prefetch_renditions(PICTURE_SPEC, WEB_SPEC)
    by_type = sorted(pages, key=lambda page: page.content_type_id)
    for _type, group in groupby(by_type, key=lambda page: page.content_type_id):
        group = list(group)
        model = group[0].specific_class
        if model is None:  # of a type that the code no longer has
            continue
        pictures = [field.name for field in model._meta.concrete_fields if field.related_model is images.model]
        specific = model.objects.prefetch_related(*(Prefetch(name, images) for name in pictures)).in_bulk([page.pk for page in group])
        for page in group:
            page.specific = specific.get(page.pk, page)


def picture_url(image):
    return absolute(image.get_rendition(PICTURE_SPEC).url)
