import pytest
from django.core.management import call_command
from wagtail.models import Site


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "hostname", "port"),
    [("http://127.0.0.1:8001", "127.0.0.1", 8001), ("https://larnatet.example", "larnatet.example", 443)],
)
def test_site_takes_its_address_from_the_settings(settings, address, hostname, port):
    settings.BASE_URL = address

    call_command("set_address")

    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == (hostname, port)
    assert site.root_url == address
