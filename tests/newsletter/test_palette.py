import re
from html import unescape

from tests.factories.newsletter import create_issue


def links(client, query="", here=""):
    page = unescape(client.get("/admin/palette/results/", {"q": query, "here": here}).content.decode())
    return dict(re.findall(r'role="option"[^>]*href="(.*?)".*?<span class="palette-title">(.*?)</span>', page, re.S))


def test_sender_finds_an_issue_and_can_send_it_from_its_page(client, sender, issue):
    client.force_login(sender)
    assert "Höstens brev" in links(client, "hostens").values()
    assert f"/admin/newsletter/issues/{issue.pk}/send/" in links(client, here=f"/admin/newsletter/issues/{issue.pk}/send/")


def test_editor_of_pages_comes_to_its_form(admin_client, issue):
    create_issue(newsletter=issue.newsletter, title="Vårens brev", slug="varens-brev")
    assert links(admin_client, "brev höst") == {f"/admin/pages/{issue.pk}/edit/": "Höstens brev"}
    assert f"/admin/newsletter/issues/{issue.pk}/send/" in links(admin_client, here=f"/admin/pages/{issue.pk}/edit/")


def test_whoever_may_not_follow_sendings_finds_none(client, colleague, issue):
    client.force_login(colleague)
    assert "Höstens brev" not in links(client, "höstens").values()
