import factory
from wagtail.models import Locale, Page, Site
from wagtail.rich_text import RichText

from crm.models import Contact, ContactPoint
from newsletter.models import Issue, Newsletter, NewsletterPage, Subscription


class NewsletterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Newsletter
        django_get_or_create = ["slug"]

    name = "Lärnätets nyhetsbrev"
    slug = "nyhetsbrev"
    from_name = "Lärnätet Väst"
    from_address = "brev@larnatet.example"
    reply_to = "kansli@larnatet.example"
    postal_address = "Lärnätet Väst\nStorgatan 1\n531 00 Lidköping"
    consent_text = "Jag vill ha nyhetsbrevet."
    is_default = True


class SubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subscription

    newsletter = factory.SubFactory(NewsletterFactory)
    email = factory.Sequence(lambda number: f"prenumerant{number:03}@kommun.example")
    name = factory.Sequence(lambda number: f"Åsa Öberg {number}")
    state = Subscription.State.ACTIVE


def home_page():
    """Return the site's home; the tests that empty the database take it with them."""
    if site := Site.objects.filter(is_default_site=True).select_related("root_page").first():
        return site.root_page
    Locale.objects.get_or_create(language_code="sv")
    root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root", slug="root"))
    home = root.add_child(instance=Page(title="Hem", slug="home"))
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True)
    return home


def create_archive():
    archive = NewsletterPage.objects.filter(slug="nyhetsbrev").first()
    return archive or home_page().add_child(instance=NewsletterPage(title="Nyhetsbrev", slug="nyhetsbrev"))


def rich(source):
    return ("text", RichText(source))


def create_issue(*, published=True, **values):
    """Return an issue with a subject and a text, published as the editor does it."""
    values = {"title": "Höstens brev", "subject": "Nytt i höst", "body": [("heading", "Rubriken"), rich("<p>Brödtexten.</p>")], **values}
    values["newsletter"] = values.get("newsletter") or NewsletterFactory()
    issue = create_archive().add_child(instance=Issue(live=False, **values))
    revision = issue.save_revision()
    if published:
        revision.publish()
    return Issue.objects.get(pk=issue.pk)


def create_contact(first_name, last_name, email, *, status=ContactPoint.Status.WORKS, **values):
    contact = Contact.objects.create(first_name=first_name, last_name=last_name, **values)
    ContactPoint.objects.create(contact=contact, value=email, status=status)
    return contact
