"""Who the association is, told to the register: it stands in the site's settings."""

from wagtail.models import Site

from cms.models import SiteSettings
from crm.services.association import Association


def site_association():
    site = Site.objects.filter(is_default_site=True).first()
    own = (SiteSettings.objects.filter(site=site).first() if site else None) or SiteSettings()
    return Association(own.name, own.address, own.email, own.phone, own.organisation_number)
