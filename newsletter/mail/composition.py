"""From an issue to a mail: HTML through MJML, and a plain-text part written by the blocks themselves."""

from dataclasses import dataclass

import mrml
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from newsletter.mail import slots
from newsletter.mail.links import absolute

# Gmail cuts off longer mails, and with them the link to unsubscribe at their end.
CLIPPED_FROM = 102 * 1024


@dataclass(frozen=True)
class Mail:
    """A composed issue. HTML and text still have slots for what is personal."""

    subject: str
    html: str
    text: str
    greeting: str

    @property
    def is_clipped(self):
        return len(self.html.encode()) > CLIPPED_FROM

    def _example(self):
        return {"greeting": slots.greet(self.greeting, _("Anna")), "unsubscribe_url": "#"}

    def example_html(self):
        """The HTML part as a reader called Anna would get it."""
        return slots.fill_html(self.html, self._example())

    def example_text(self):
        return slots.fill_text(self.text, self._example())


def compose(issue):
    """Return the mail of an issue, in the site's language whoever asks for it."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "subject": issue.subject or issue.title,
            "preheader": issue.preheader,
            "greeting": slots.GREETING if issue.greeting else "",
            "newsletter": issue.newsletter,
            "web_url": absolute(issue.url or ""),
            "unsubscribe_url": slots.UNSUBSCRIBE_URL,
            "language": settings.LANGUAGE_CODE,
        }
        contents = [(child.block, child.block.content(child.value)) for child in issue.body]
        mjml = render_to_string("email/issue.mjml", {**context, "blocks": [block.render_mail(content) for block, content in contents]})
        texts = [block.render_text(content) for block, content in contents]
        text = render_to_string("email/issue.txt", {**context, "blocks": [text for text in texts if text]})
    html = mrml.to_html(mjml, render_options=mrml.RenderOptions(fonts={})).content
    return Mail(subject=context["subject"], html=html, text=text, greeting=issue.greeting)
