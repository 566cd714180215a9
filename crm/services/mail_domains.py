"""What a mail domain says of an employer."""

from urllib.parse import urlsplit

from crm.models import ContactPoint

# Addresses there say nothing about an employer.
FREE_MAIL = {
    "gmail.com", "hotmail.com", "outlook.com", "live.se", "hotmail.se", "yahoo.se", "yahoo.com", "icloud.com", "telia.com", "me.com",
    "live.com", "msn.com", "googlemail.com", "outlook.se", "bredband.net", "comhem.se", "spray.se", "proton.me", "protonmail.com",
    "facebook.com", "linkedin.com", "instagram.com", "google.com", "sites.google.com", "wixsite.com", "wordpress.com",
}  # fmt: skip


def domain_of(address):
    return address.rpartition("@")[2]


def domain_of_website(website):
    return (urlsplit(website).hostname or "").removeprefix("www.")


def domains_of(*organisations):
    """Return the mail domains of some organisations and of what these belong to, by their web sites and own addresses."""
    family = {one.pk: one for organisation in organisations for one in _with_parents(organisation)}
    addresses = ContactPoint.objects.emails().filter(organisation__in=list(family)).values_list("normalised", flat=True)
    found = {domain_of(address) for address in addresses} | {domain_of_website(one.website) for one in family.values()}
    return found - FREE_MAIL - {""}


def _with_parents(organisation, steps=2):
    while organisation is not None and steps >= 0:
        yield organisation
        organisation, steps = organisation.parent, steps - 1
