import re

import pytest

from newsletter.mail.composition import compose
from newsletter.mail.rich_text import mail_html, plain_text
from newsletter.models import NewsletterPage
from tests.factories.newsletter import create_archive, create_issue, rich

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_issue(story_page, newsletter):
    archive = create_archive()
    return create_issue(
        newsletter=newsletter,
        preheader="Det viktigaste först",
        body=[
            ("heading", "Rubrik & <under>rubrik"),
            rich(
                f'<p>Se <a linktype="page" id="{archive.pk}">arkivet</a> och <a href="/om/">oss</a>.</p><ul><li>Ett</li><li>Två</li></ul>'
            ),
            ("story", {"page": archive.page_ptr}),
            ("button", {"label": "Anmäl dig", "page": None, "link": "https://larnatet.example/anmal"}),
            ("quote", {"quote": "Lära hela livet", "who": "Åsa"}),
            ("divider", None),
        ],
    )


def test_plain_text_has_every_block(full_issue):
    text = compose(full_issue).text
    for words in [
        "Nytt i höst",
        "Rubrik & <under>rubrik",
        "arkivet (http://testserver/nyhetsbrev/)",
        "- Ett\n- Två",
        "SOMMARENS MÖTE\nVi sågs i Varberg.\nhttp://testserver/nyheter/sommarens-mote/",
        "Anmäl dig: https://larnatet.example/anmal",
        "”Lära hela livet”",
        "Storgatan 1",
        "⟦unsubscribe_url⟧",
    ]:
        assert words in text


def test_every_address_in_the_mail_is_absolute(full_issue):
    addresses = re.findall(r'(?:href|src)="([^"]*)"', compose(full_issue).html)
    assert len(addresses) >= 6
    assert [address for address in addresses if not re.match(r"https?://|mailto:|⟦unsubscribe_url⟧", address)] == []


def test_mail_shows_preheader_sender_and_ways_out(full_issue):
    html = compose(full_issue).html
    for words in [
        "Det viktigaste först",
        "Storgatan 1",
        "prefers-color-scheme: dark",
        full_issue.url,
        "⟦greeting⟧",
        "Rubrik &amp; &lt;under&gt;rubrik",
    ]:
        assert words in html
    assert "fonts.googleapis" not in html


def test_rich_text_is_cleaned(db):
    dirty = '<p onclick="x()">Hej<script>alert(1)</script> <a href="javascript:alert(1)">dig</a> <img src="x"></p>'
    assert mail_html(dirty) == '<p style="margin:0 0 16px">Hej <a style="color:#b03d14;text-decoration:underline">dig</a> </p>'
    assert plain_text(dirty) == "Hej dig"


def test_unpublished_story_is_left_out(full_issue):
    NewsletterPage.objects.update(live=False)
    assert "Varberg" not in compose(full_issue).html
    assert "Varberg" not in full_issue.body.render_as_block()


def test_mail_is_in_the_sites_language_whoever_composes_it(full_issue):
    from django.utils import translation

    with translation.override("en"):
        english = compose(full_issue).html
    with translation.override("sv"):
        assert compose(full_issue).html == english


@pytest.mark.parametrize(("mode", "words"), [("mail", "Hej Anna!"), ("text", "Hej Anna!"), ("web", "Rubriken")])
def test_editor_can_preview_each_form(issue, mode, words):
    response = issue.make_preview_request(preview_mode=mode)
    assert response.status_code == 200
    content = response.render().content if hasattr(response, "render") else response.content
    assert words in content.decode()
