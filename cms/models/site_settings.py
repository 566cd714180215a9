from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks import CharBlock, StructBlock, URLBlock
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField


class SocialLinkBlock(StructBlock):
    text = CharBlock(label=_("text"), max_length=40, help_text=_("For example “LinkedIn”."))
    url = URLBlock(label=_("address"))

    class Meta:
        icon = "link"
        label = _("link")
        template = "blocks/social_link.html"


@register_setting(icon="home", order=10)
class SiteSettings(BaseSiteSetting):
    """Who the association is: shown in the header and footer of every page and told to search engines."""

    association_name = models.CharField(_("the association's name"), max_length=100, blank=True)
    tagline = models.CharField(
        _("tagline"), max_length=150, blank=True, help_text=_("A few words after the name, for example in the footer.")
    )
    address = models.TextField(_("address"), blank=True, max_length=300, help_text=_("As on an envelope, one line below the other."))
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    organisation_number = models.CharField(_("organisation number"), max_length=13, blank=True, help_text=_("For example 802400-1234."))
    social_links = StreamField([("link", SocialLinkBlock())], verbose_name=_("links to social media"), blank=True)
    footer_text = models.TextField(_("text in the footer"), blank=True, max_length=400)

    panels = [
        MultiFieldPanel([FieldPanel("association_name"), FieldPanel("tagline"), FieldPanel("organisation_number")], _("The association")),
        MultiFieldPanel([FieldPanel("address"), FieldPanel("email"), FieldPanel("phone")], _("How to reach us")),
        MultiFieldPanel([FieldPanel("footer_text"), FieldPanel("social_links")], _("In the footer")),
    ]

    class Meta:
        verbose_name = _("about the association")

    def __str__(self):
        return self.name

    @property
    def name(self):
        """What stands in the header, also before somebody has filled in the settings."""
        return self.association_name or settings.WAGTAIL_SITE_NAME

    @property
    def phone_href(self):
        return "tel:" + "".join(character for character in self.phone if character.isdigit() or character == "+")

    def as_organization(self):
        """The association as schema.org's Organization."""
        fields = {"name": self.name, "slogan": self.tagline, "email": self.email, "telephone": self.phone}
        fields["sameAs"] = [link.value["url"] for link in self.social_links]
        return {"@type": "Organization", **{key: value for key, value in fields.items() if value}}
