import pytest

from tests.factories.cms import ImageFactory

pytestmark = pytest.mark.usefixtures("home")


def test_staff_see_every_block(admin_client):
    ImageFactory()
    page = admin_client.get("/styleguide/").text
    for css_class in ("button--quiet", "notice--error", "call-to-action", "figures", "quote", "facts", "video-link"):
        assert css_class in page


def test_visitors_are_sent_to_the_log_in(client):
    assert client.get("/styleguide/").status_code == 302
