import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.models import NewsPage
from tests.factories.cms import NewsPageFactory

pytestmark = pytest.mark.usefixtures("news_index")


def form_data(action, **fields):
    data = {"title": "Nio piloter", "slug": "nio", "date": "2018-05-17", "body": streamfield([]), action: "1", **fields}
    comments = {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "comments-MIN_NUM_FORMS": 0, "comments-MAX_NUM_FORMS": ""}
    return nested_form_data(data) | comments


def test_editor_publishes_news_and_a_visitor_reads_it(admin_client, client, news_index):
    address = reverse("wagtailadmin_pages:add", args=["cms", "newspage", news_index.pk])
    body = streamfield([("heading", {"text": "Så gick det", "level": "h2"})])
    admin_client.post(address, form_data("action-publish", body=body))
    assert NewsPage.objects.get().live
    assert "Så gick det" in client.get("/nyheter/nio/").text


def test_edit_form_and_preview_open(admin_client):
    news = NewsPageFactory(slug="nio")
    assert admin_client.get(reverse("wagtailadmin_pages:edit", args=[news.pk])).status_code == 200
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[news.pk])
    assert admin_client.post(preview, form_data("preview", title="Förhandsvisad")).json()["is_valid"]
    assert "Förhandsvisad" in admin_client.get(preview).text
