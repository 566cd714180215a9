"""Which blocks an editor can choose from, and where."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlock

from cms.blocks.button import ButtonBlock
from cms.blocks.call_to_action import CallToActionBlock
from cms.blocks.columns import ColumnsBlock
from cms.blocks.facts import FactsBlock
from cms.blocks.figures import FiguresBlock
from cms.blocks.files import FilesBlock
from cms.blocks.focus_cards import FocusCardsBlock
from cms.blocks.heading import HeadingBlock
from cms.blocks.latest_news import LatestNewsBlock
from cms.blocks.newsletter_sign_up import NewsletterSignUpBlock
from cms.blocks.picture import PictureBlock
from cms.blocks.quote import QuoteBlock
from cms.blocks.text import TextBlock
from cms.blocks.video_link import VideoLinkBlock


class ArticleBody(StreamBlock):
    """The body of news and ordinary pages."""

    text = TextBlock(group=_("Text"))
    heading = HeadingBlock(group=_("Text"))
    quote = QuoteBlock(group=_("Text"))
    facts = FactsBlock(group=_("Text"))
    picture = PictureBlock(group=_("Pictures and files"))
    video_link = VideoLinkBlock(group=_("Pictures and files"))
    files = FilesBlock(group=_("Pictures and files"))
    button = ButtonBlock(group=_("Ways on"))
    call_to_action = CallToActionBlock(group=_("Ways on"))
    newsletter_sign_up = NewsletterSignUpBlock(group=_("Ways on"))


class HomeBody(StreamBlock):
    """The home page: whole sections, one below the other."""

    focus_cards = FocusCardsBlock()
    figures = FiguresBlock()
    latest_news = LatestNewsBlock()
    columns = ColumnsBlock()
    quote = QuoteBlock()
    call_to_action = CallToActionBlock()
    newsletter_sign_up = NewsletterSignUpBlock()


class Buttons(StreamBlock):
    button = ButtonBlock()
