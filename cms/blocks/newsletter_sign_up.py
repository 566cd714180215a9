from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock, TextBlock


class NewsletterSignUpBlock(StructBlock):
    heading = CharBlock(label=_("heading"), max_length=100, default="Få nyhetsbrevet")
    text = TextBlock(label=_("text"), required=False, rows=2)

    class Meta:
        icon = "mail"
        label = _("Newsletter sign-up")
        description = _("The form by which visitors subscribe to the newsletter.")
        template = "blocks/newsletter_sign_up.html"
        preview_value = {"heading": "Få nyhetsbrevet", "text": "Fem gånger om året samlar vi det viktigaste."}
