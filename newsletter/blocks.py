"""The blocks of a mail. They are few and their own: what holds in mail programs is not what the site can do.

Each says once, in `content`, what it shows; the mail (MJML), the web page (HTML) and the text part are made from that.
"""

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from newsletter.mail.links import absolute
from newsletter.mail.rich_text import mail_html, plain_text
from newsletter.stories import story_models

# Twice the width shown, for sharp screens; a format that Outlook knows.
PICTURE_SPEC = "width-1104|format-jpeg|jpegquality-80|bgcolor-ffffff"


class MailBlock:
    """Mixin: a block with a mail template, a web template of the same name, and a text."""

    def content(self, value):
        """Return the flat variables of the templates; None when there is nothing to show."""
        raise NotImplementedError

    def text(self, **content):
        raise NotImplementedError

    def render_mail(self, value):
        content = self.content(value)
        return "" if content is None else render_to_string(f"email/blocks/{self.name}.mjml", content)

    def render_text(self, value):
        content = self.content(value)
        return "" if content is None else self.text(**content)

    def render(self, value, context=None):
        return "" if self.content(value) is None else super().render(value, context)

    def get_context(self, value, parent_context=None):
        return {**super().get_context(value, parent_context), **self.content(value)}

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


def picture_url(image):
    return absolute(image.get_rendition(PICTURE_SPEC).url)
