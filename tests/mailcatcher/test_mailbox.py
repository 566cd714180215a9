import smtplib
import socket
from email.message import EmailMessage
from email.utils import formataddr

import pytest
from django.urls import reverse
from django.utils.translation import override

from mailcatcher.maildir import caught_messages, delete_all, find_message
from mailcatcher.management.commands.mailbox import HOST, open_mailbox

pytestmark = pytest.mark.django_db  # "not found" looks for a redirect


@pytest.fixture
def mail_server():
    """A mailbox on a free port, as `manage.py mailbox` starts it."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        address = probe.getsockname()
    controller = open_mailbox(address[1])
    controller.start()
    yield address
    controller.stop()
    delete_all()


@pytest.fixture
def send(mail_server):
    def send(subject="Höstens nätverksträff", to="asa@ockero.example", html="<p>Välkommen <a href='/'>hit</a></p>", attachment=None):
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = formataddr(("Lärnätet Väst", "kansli@larnatet.example"))
        message["To"] = to
        message.set_content("Välkommen till Öckerö.")
        message.add_alternative(html, subtype="html")
        if attachment:
            message.add_attachment(attachment, maintype="text", subtype="html", filename="inbjudan.html")
        with smtplib.SMTP(*mail_server) as server:
            server.send_message(message)
        return caught_messages()[0].key

    return send


def url(name, *args):
    return reverse(f"mailcatcher:{name}", args=args)


def test_caught_message_is_listed_with_subject_and_recipient(client, send):
    send()

    page = client.get(url("list")).content.decode()

    assert "Höstens nätverksträff" in page
    assert "asa@ockero.example" in page
    assert "1 meddelande" in page


def test_newest_message_comes_first(client, send):
    send(subject="Den första")
    send(subject="Den andra")

    page = client.get(url("list")).content.decode()

    assert page.index("Den andra") < page.index("Den första")


def test_search_finds_recipient_and_subject_whatever_the_case(client, send):
    send(subject="Årsmöte", to="karin@mark.example")
    send(subject="Nyhetsbrev", to="per@borås.example".encode("idna").decode())

    found = client.get(url("list"), {"q": "KARIN årsmöte"}).content.decode()

    assert "karin@mark.example" in found
    assert "Nyhetsbrev" not in found


def test_message_shows_text_headers_and_a_frame_for_the_layout(client, send):
    key = send()

    page = client.get(url("message", key)).content.decode()

    assert "Välkommen till Öckerö." in page
    assert "Lärnätet Väst" in page
    assert f'src="{url("html", key)}" sandbox="' in page


def test_layout_runs_no_script_and_opens_links_in_a_new_tab(client, send):
    key = send(html="<script>alert(1)</script><a href='https://larnatet.example/'>hit</a>")

    response = client.get(url("html", key))

    assert "sandbox" in response["Content-Security-Policy"]
    assert "allow-scripts" not in response["Content-Security-Policy"]
    assert '<base target="_blank">' in response.content.decode()


def test_attachment_is_only_ever_downloaded(client, send):
    key = send(attachment=b"<script>alert(1)</script>")

    response = client.get(url("attachment", key, 0))

    assert response.content == b"<script>alert(1)</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="inbjudan.html"'
    assert client.get(url("attachment", key, 1)).status_code == 404


def test_source_is_the_message_as_it_came(client, send):
    key = send()

    source = client.get(url("source", key))

    assert source["Content-Type"].startswith("text/plain")
    assert b"X-Envelope-To: asa@ockero.example" in source.content


def test_swedish_letters_in_an_address_are_kept(client, mail_server):
    with smtplib.SMTP(*mail_server) as server:
        server.ehlo()
        server.sendmail("kansli@larnatet.example", ["åsa@öckerö.example"], b"Subject: Hej\r\n\r\nHej", mail_options=["SMTPUTF8"])

    assert caught_messages()[0].recipients == "åsa@öckerö.example"


def test_message_without_subject_or_with_broken_charset_is_shown(client, mail_server):
    with smtplib.SMTP(*mail_server) as server:
        server.sendmail("a@larnatet.example", ["b@larnatet.example"], b"Content-Type: text/plain; charset=nonsense\r\n\r\nHej p\xe5 dig")

    key = caught_messages()[0].key

    assert "(inget ämne)" in client.get(url("list")).content.decode()
    assert "Hej p" in client.get(url("message", key)).content.decode()


def test_delete_needs_a_post_and_empties_the_mailbox(client, send):
    send()

    assert client.get(url("delete")).status_code == 405
    assert len(caught_messages()) == 1

    page = client.post(url("delete"), follow=True).content.decode()

    assert caught_messages() == []
    assert "1 meddelande borttaget." in page
    assert "Ingen e-post än." in page


@pytest.mark.parametrize("key", ["..", "../../manage.py", "%2e%2e", "../new", ""])
def test_key_leads_to_nothing_outside_the_mailbox(send, key):
    send()

    assert find_message(key) is None


@pytest.mark.parametrize("path", ["/mailbox/..%2F..%2Fmanage.py/source/", "/mailbox/%2e%2e/source/", "/mailbox/nothing/"])
def test_address_with_a_path_in_it_is_not_found(client, send, path):
    assert client.get(path).status_code == 404


def test_mailbox_is_shown_on_this_machine_only(client, send):
    send()

    assert client.get(url("list"), REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get(url("list"), REMOTE_ADDR="127.0.0.1").status_code == 200


def test_mailbox_speaks_english_too(client):
    with override("en"):
        english = url("list")

    assert english == "/en/mailbox/"
    assert "No mail yet." in client.get(english).content.decode()
