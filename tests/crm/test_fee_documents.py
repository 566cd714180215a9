"""Fee documents as PDF: tagged, in the reader's language, with what has to stand on them."""

import datetime
import re
import zlib

import pytest

from crm.models import FeeSettings
from crm.pdf import money
from crm.services.fee_documents import documents_of
from tests.factories.crm import ContactFactory, FeeFactory, FeeRoundFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2017, 8, 15)


def pages(content):
    """The number of pages, told from the page tree in whatever stream it stands."""
    streams = [content]
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            streams.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return sum(len(re.findall(rb"/Type\s*/Page\b", one)) for one in streams)


@pytest.mark.parametrize(("amount", "text"), [("0", "0,00"), ("15000", "15\u00a0000,00"), ("1234567.5", "1\u00a0234\u00a0567,50")])
def test_money_stands_as_on_paper(amount, text):
    assert money(amount) == text


def test_document_is_tagged_and_says_its_title_and_language():
    FeeSettings.objects.create(bankgiro="5999-0018", document_text="Tack!\n#set page(width: 1cm) $ <x>")
    content = documents_of([FeeFactory(invoiced_on=DAY, due_on=DAY, number=1001)])
    assert content.startswith(b"%PDF-1.")
    assert pages(content) == 1
    assert b"/Marked true" in content
    assert b"(sv)" in content
    assert b"pdfuaid:part" in content


def test_what_members_are_called_is_text_and_never_markup():
    strange = '#panic() *Åmåls* $kommun$ \\ [x] "y" {medlem} Łódź 中'
    fee = FeeFactory(membership__organisation__name=strange, membership__fee_contact=ContactFactory(first_name="#eval", last_name="@x"))
    assert documents_of([fee]).startswith(b"%PDF")


def test_whole_round_is_one_file_with_a_page_for_each(staff_client):
    fee_round = FeeRoundFactory()
    FeeFactory.create_batch(3, fee_round=fee_round, invoiced_on=DAY, due_on=DAY)
    FeeFactory(fee_round=fee_round, amount=0)
    response = staff_client.get(f"/admin/feeround/{fee_round.pk}/documents/")
    assert response["Content-Type"] == "application/pdf"
    assert pages(response.content) == 3


def test_round_without_anything_to_pay_has_no_documents(staff_client):
    assert staff_client.get(f"/admin/feeround/{FeeRoundFactory().pk}/documents/").status_code == 404


def test_document_is_for_whoever_may_see_fees(onlooker_client, client):
    fee = FeeFactory(number=1001)
    url = f"/admin/register/fees/{fee.pk}/document/"
    response = onlooker_client.get(url)
    assert response["Content-Disposition"] == 'inline; filename="avi-1001.pdf"'
    client.logout()
    assert client.get(url).status_code == 302
