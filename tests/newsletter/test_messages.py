"""The compiled message must read as if it had been built plainly."""

import email
import email.policy
from email.header import decode_header, make_header
from email.utils import unquote
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.exceptions import UnsafeHeader
from newsletter.mail.messages import CompiledMessage, Recipient
from newsletter.mail.slots import GREETING, UNSUBSCRIBE_URL, greet

SENDER = ("Lärnätet Väst", "brev@larnatet.example")
HEADERS = {"List-ID": "<nyhetsbrev.larnatet.example>"}
TEXT = f"{GREETING}\n\n.En punkt först\nÅ ä ö " + "långt " * 60 + f"\n{UNSUBSCRIBE_URL}\n"
HTML = f'<p>{GREETING}</p><p>Å ä ö</p><a href="{UNSUBSCRIBE_URL}">ut</a>'


def compile_message(subject="Höstens brev"):
    return CompiledMessage(sender=SENDER, subject=subject, html=HTML, text=TEXT, headers=HEADERS)


def recipient(name="Anna Öberg", **values):
    values = {"address": "anna@kommun.example", "greeting": f"Hej {name}!", "message_id": "<1@larnatet.example>", **values}
    url = "https://larnatet.example/nyhetsbrev/avsluta/1234567890:abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr/"
    return Recipient(name=name, unsubscribe_url=url, one_click_url=url, **values)


def parse(message):
    return email.message_from_bytes(message, policy=email.policy.default)


def content(message, subtype):
    return message.get_body([subtype]).get_content().replace("\r\n", "\n")


names = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]), max_size=200).map(lambda name: " ".join(name.split())),
    st.sampled_from(['Åsa "Ö" Berg', "<b>&amp;</b>", "😀 Emoji 👩‍👩‍👧", ".punkt", "a" * 200, "=3D", "O'Neill, Pat (x)", "\\", "å" * 200]),
)


@given(name=names)
def test_any_name_survives_in_header_text_and_html(name):
    message = compile_message().merge(recipient(name))
    parsed = parse(message)
    assert parsed["To"].addresses[0].addr_spec == "anna@kommun.example"
    assert content(parsed, "plain") == TEXT.replace(GREETING, f"Hej {name}!").replace(UNSUBSCRIBE_URL, recipient().unsubscribe_url)
    assert f"<p>{escape(f'Hej {name}!')}</p>" in content(parsed, "html")
    assert max(map(len, message.split(b"\r\n"))) <= 998
    assert b"\n" not in message.replace(b"\r\n", b"")


@pytest.mark.parametrize("name", ["Anna Berg", 'Åsa "Ö" Berg', "O'Neill, Pat", "Berg \\ Co", "Åsa " * 30 + "Berg"])
def test_name_is_shown_to_the_recipient(name):
    raw = email.message_from_bytes(compile_message().merge(recipient(name)))["To"]
    phrase = raw.rpartition("<")[0].strip()
    assert (unquote(phrase) if phrase.isascii() and phrase.startswith('"') else str(make_header(decode_header(phrase)))) == name


def test_body_lines_are_short():
    body = compile_message().merge(recipient("å" * 200)).partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76


def test_one_click_header_is_one_unbroken_address():
    parsed = parse(compile_message().merge(recipient()))
    assert parsed["List-Unsubscribe"].strip() == f"<{recipient().one_click_url}>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["Subject"] == "Höstens brev"
    assert parsed["From"].addresses[0].display_name == "Lärnätet Väst"
    assert parsed.defects == []


def test_long_subjects_survive():
    for subject in ["Ett långt ämne om å, ä och ö " * 5, "A long subject of plain words only " * 4]:
        assert parse(compile_message(subject.strip()).merge(recipient()))["Subject"] == subject.strip()


@pytest.mark.parametrize("evil", ["Anna\r\nBcc: alla@kommun.example", "Anna\nBcc: x", "Anna\rBcc: x", "Anna\0"])
def test_header_injection_is_refused(evil):
    with pytest.raises(UnsafeHeader):
        compile_message().merge(recipient(evil))
    with pytest.raises(UnsafeHeader):
        compile_message(subject=evil)
    with pytest.raises(UnsafeHeader):
        compile_message().merge(recipient(address=evil))


def test_slots_in_values_are_not_filled_again():
    parsed = parse(compile_message().merge(recipient(UNSUBSCRIBE_URL)))
    assert f"Hej {UNSUBSCRIBE_URL}!" in content(parsed, "plain")


@pytest.mark.parametrize(
    ("greeting", "first_name", "expected"),
    [("Hej [förnamn]!", "Anna", "Hej Anna!"), ("Hej [förnamn]!", "", "Hej!"), ("[förnamn], hej", "", ", hej"), ("Hej!", "Anna", "Hej!")],
)
def test_greeting_without_a_name_leaves_no_gap(greeting, first_name, expected):
    assert greet(greeting, first_name) == expected
