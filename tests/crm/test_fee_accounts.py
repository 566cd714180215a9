"""Fees for the accounts: vouchers that balance, and the very bytes of SIE 4I."""

import csv
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from crm.exporting.sie import sie_file
from crm.models import Export, FeeSettings
from crm.services.fee_vouchers import Voucher, vouchers_between
from tests.factories.crm import FeeFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/register/fees/accounts/"
FIRST, LAST = datetime.date(2017, 8, 1), datetime.date(2017, 8, 31)
PERIOD = {"first": "2017-08-01", "last": "2017-08-31", "what": ["invoiced", "paid"]}


def voucher(text="Avi 1001", amount="15000.50"):
    amount = Decimal(amount)
    return Voucher(datetime.date(2017, 8, 15), text, None, (("1510", amount), ("3990", -amount)))


def sie(vouchers, **options):
    options = {"company": "Lärnätet Väst", "accounts": {"1510": "Fordringar"}, "day": datetime.date(2017, 9, 1), **options}
    return sie_file(vouchers, **options)


def test_sie_file_is_exactly_this():
    content = sie([voucher("Avi 1001, Åmåls kommun")], organisation_number="802499-9990", series="A")
    assert content == (
        b"#FLAGGA 0\r\n"
        b'#PROGRAM "Knutpunkt" "1"\r\n'
        b"#FORMAT PC8\r\n"
        b"#GEN 20170901\r\n"
        b"#SIETYP 4\r\n"
        b'#ORGNR "802499-9990"\r\n'
        b'#FNAMN "L\x84rn\x84tet V\x84st"\r\n'
        b'#KONTO 1510 "Fordringar"\r\n'
        b'#KONTO 3990 "3990"\r\n'
        b'#VER "A" "" 20170815 "Avi 1001, \x8fm\x86ls kommun"\r\n'
        b"{\r\n"
        b"#TRANS 1510 {} 15000.50\r\n"
        b"#TRANS 3990 {} -15000.50\r\n"
        b"}\r\n"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('Lärcentrum "Väst"', b'"L\x84rcentrum \\"V\x84st\\""'),
        ("rad\r\n#FLAGGA 1\t", b'"rad  #FLAGGA 1 "'),
        ("2017 – 2018…", b'"2017 - 2018..."'),
        ("Łódź, Århus, Tromsø", b'"?\xa2dz, \x8frhus, Troms\x94"'),
        ("中", b'"?"'),
    ],
)
def test_whatever_text_becomes_one_field_of_the_old_code_page(text, written):
    assert b"20170815 " + written + b"\r\n" in sie([voucher(text)])


def test_unbalanced_voucher_is_refused():
    with pytest.raises(ValueError, match="balance"):
        Voucher(FIRST, "Avi", None, (("1510", Decimal(1)), ("3990", Decimal(-2))))


@pytest.mark.parametrize(
    ("day", "is_in"), [(FIRST, True), (LAST, True), (datetime.date(2017, 7, 31), False), (datetime.date(2017, 9, 1), False)]
)
def test_both_days_of_the_period_belong_to_it(day, is_in):
    FeeFactory(invoiced_on=day)
    assert bool(vouchers_between(FIRST, LAST)) == is_in


def test_invoiced_and_paid_are_two_vouchers_on_the_accounts_of_the_settings():
    FeeSettings.objects.create(claims_account="1512", income_account="3910", bank_account="1920")
    FeeFactory(invoiced_on=FIRST, paid_on=LAST, amount=15000)
    invoiced, paid = vouchers_between(FIRST, LAST)
    assert invoiced.lines == (("1512", Decimal(15000)), ("3910", Decimal(-15000)))
    assert paid.lines == (("1920", Decimal(15000)), ("1512", Decimal(-15000)))
    assert vouchers_between(FIRST, LAST, invoiced=False) == [paid]


def test_nothing_to_pay_and_memberships_by_mistake_are_no_business_of_the_accounts():
    FeeFactory(invoiced_on=FIRST, amount=0)
    FeeFactory(invoiced_on=FIRST, membership__archived_at=datetime.datetime(2017, 9, 1, tzinfo=datetime.UTC))
    assert vouchers_between(FIRST, LAST) == []


def test_sie_leaves_the_house_and_is_logged(staff_client):
    FeeFactory(invoiced_on=FIRST, number=1001)
    response = staff_client.get(PAGE, {**PERIOD, "format": "sie"})
    assert response["Content-Disposition"] == 'attachment; filename="avgifter-2017-08-01-2017-08-31.si"'
    assert response.content.count(b"#VER") == 1
    assert (Export.objects.get().kind, Export.objects.get().format, Export.objects.get().row_count) == ("fee_vouchers", "sie", 1)
    assert staff_client.get("/admin/register/exports/").status_code == 200


def test_csv_and_excel_hold_a_row_for_each_line(staff_client):
    FeeFactory(invoiced_on=FIRST, number=1001, amount="15000.50", membership__organisation__name="=Åmåls kommun")
    text = staff_client.get(PAGE, {**PERIOD, "format": "csv"}).content.decode("utf-8-sig")
    _headings, debit, credit = csv.reader(io.StringIO(text), delimiter=";")
    assert debit[:5] == ["2017-08-01", "Avgift 1001, =Åmåls kommun", "1510", "15000,5", ""]
    assert (credit[2:5], credit[6]) == (["3990", "", "15000,5"], "'=Åmåls kommun")
    sheet = openpyxl.load_workbook(io.BytesIO(staff_client.get(PAGE, {**PERIOD, "format": "xlsx"}).content)).active
    assert [row[2:5] for row in sheet.iter_rows(min_row=2, values_only=True)] == [(1510, 15000.5, None), (3990, None, 15000.5)]


def test_page_shows_what_it_would_take_out(staff_client):
    FeeFactory(invoiced_on=FIRST)
    page = staff_client.get(PAGE, PERIOD)
    assert (page.context["count"], page.context["total"]) == (1, Decimal(15000))
    assert staff_client.get(PAGE).status_code == 200


@pytest.mark.parametrize("query", [{"first": "snart"}, {"first": "2017-09-01"}, {"what": []}])
def test_senseless_period_takes_nothing_out(staff_client, query):
    FeeFactory(invoiced_on=FIRST)
    response = staff_client.get(PAGE, {**PERIOD, **query, "format": "sie"})
    assert "Content-Disposition" not in response
    assert not Export.objects.exists()


def test_onlooker_takes_nothing_out(onlooker_client):
    FeeFactory(invoiced_on=FIRST)
    assert onlooker_client.get(PAGE, {**PERIOD, "format": "sie"}).status_code == 302
    assert not Export.objects.exists()


def test_accounts_are_a_setting(staff_client, onlooker_client):
    page = "/admin/register/fees/settings/"
    data = {
        "bankgiro": "5999-0018", "payment_days": 30, "first_number": 1001, "document_text": "", "reply_to": "", "reminder_subject": "",
        "reminder_text": "", "claims_account": "1512", "income_account": "3910", "bank_account": "1920", "voucher_series": "B",
    }  # fmt: skip
    assert onlooker_client.get(page).status_code == 302
    onlooker_client.post(page, data)
    assert not FeeSettings.objects.exists()


def test_settings_are_saved_once_and_then_changed(staff_client):
    page = "/admin/register/fees/settings/"
    data = {
        "bankgiro": "5999-0018", "payment_days": 30, "first_number": 1001, "document_text": "", "reply_to": "", "reminder_subject": "",
        "reminder_text": "", "claims_account": "1512", "income_account": "3910", "bank_account": "1920", "voucher_series": "B",
    }  # fmt: skip
    staff_client.post(page, {**data, "claims_account": "kassa"})
    assert not FeeSettings.objects.exists()
    staff_client.post(page, data)
    staff_client.post(page, {**data, "bank_account": "1930"})
    assert FeeSettings.objects.get().bank_account == "1930"
    assert staff_client.get(page).status_code == 200
