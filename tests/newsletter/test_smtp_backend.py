import pytest

from crm.mail.smtp import Letter, Record
from newsletter import backends
from newsletter.backends.smtp import SMTPBackend
from tests.newsletter.sink import Sink

MESSAGE = b"Subject: x\r\n\r\n.first\r\n..second\r\n.\r\nlast\r\n"


@pytest.fixture(params=["pipelining", "step by step"])
def sink(settings, request):
    with Sink(pipelining=request.param == "pipelining") as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


@pytest.fixture
def backend(sink):
    with SMTPBackend() as backend:
        yield backend


def send(backend, address="anna@kommun.example"):
    backend.send(sender="brev@larnatet.example", address=address, message=MESSAGE)


def test_message_arrives_byte_for_byte_over_one_connection(sink, backend):
    send(backend)
    send(backend, "bo@kommun.example")
    assert sink.received == ["anna@kommun.example", "bo@kommun.example"]
    assert sink.messages["bo@kommun.example"] == MESSAGE
    assert sink.connections == 1


def test_connection_is_renewed_after_some_messages(sink, backend, monkeypatch):
    monkeypatch.setattr("crm.mail.smtp.MESSAGES_PER_CONNECTION", 1)
    send(backend)
    send(backend)
    assert sink.connections == 2


@pytest.mark.parametrize(
    ("step", "address", "reply", "problem"),
    [
        ("RCPT", "anna@kommun.example", "550 5.1.1 No such user", backends.PermanentRefusal),
        ("RCPT", "anna@kommun.example", "451 4.2.0 Later", backends.TemporaryRefusal),
        ("RCPT", "anna@kommun.example", "drop", backends.TemporaryRefusal),
        ("MAIL", "brev@larnatet.example", "553 5.7.1 Not you", backends.SenderRefused),
        ("MAIL", "brev@larnatet.example", "421 4.3.2 Busy", backends.ConnectionTrouble),
        ("MAIL", "brev@larnatet.example", "451 4.3.0 Later", backends.ConnectionTrouble),
        ("MAIL", "brev@larnatet.example", "drop", backends.ConnectionTrouble),
        ("RCPT", "anna@kommun.example", "550 5.7.23 SPF", backends.PolicyRefused),
        ("RCPT", "anna@kommun.example", "421 4.7.0 Too many", backends.TemporaryRefusal),
        ("DATA", "anna@kommun.example", "554 5.7.1 Spam", backends.PolicyRefused),
        ("DATA", "anna@kommun.example", "552 5.3.4 Too large", backends.PolicyRefused),
        ("DATA", "anna@kommun.example", "554 5.6.0 Bad content", backends.PermanentRefusal),
        ("DATA", "anna@kommun.example", "452 4.3.1 Full", backends.TemporaryRefusal),
        ("DATA", "anna@kommun.example", "drop", backends.OutcomeUnknown),
    ],
)
def test_each_refusal_is_told_apart_and_the_next_mail_goes(sink, backend, step, address, reply, problem):
    sink.replies[step, address] = reply
    with pytest.raises(problem) as refusal:
        send(backend)
    assert reply == "drop" or reply[:3] in str(refusal.value)
    sink.replies.clear()
    send(backend, "bo@kommun.example")
    assert sink.received[-1] == "bo@kommun.example"


def test_server_that_hung_up_between_two_mails_costs_no_attempt(sink, backend):
    send(backend)
    sink.replies["MAIL", "brev@larnatet.example"] = "drop"
    backend._line._connection.connection.sock.shutdown(2)
    sink.replies.clear()
    send(backend, "bo@kommun.example")
    assert sink.connections == 2


def test_unreachable_server_is_nobodys_fault(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with SMTPBackend() as backend, pytest.raises(backends.ConnectionTrouble):
        send(backend)


def test_address_outside_ascii_needs_a_server_that_takes_it(sink, backend, monkeypatch):
    send(backend, "åsa@kommun.example")
    assert sink.received == ["åsa@kommun.example"]
    monkeypatch.setattr("smtplib.SMTP.has_extn", lambda smtp, name: False)
    with pytest.raises(backends.PermanentRefusal):
        send(backend, "åsa@kommun.example")


class Protocol(Record):
    def __init__(self, *, until=None):
        self.steps, self.until = [], until

    def begin(self, key):
        self.steps.append(("begin", key))
        return key != self.until

    def end(self, key, problem):
        self.steps.append((type(problem).__name__ if problem else "sent", key))


def letters(*names):
    return [Letter(name, "brev@larnatet.example", f"{name}@kommun.example", MESSAGE) for name in names]


def test_every_letter_of_a_row_has_its_own_outcome(sink, backend):
    sink.replies["RCPT", "b@kommun.example"] = "550 5.1.1 No such user"
    sink.replies["DATA", "c@kommun.example"] = "451 4.3.0 Later"
    sink.replies["DATA", "e@kommun.example"] = "drop"
    protocol = Protocol()
    backend.carry(letters(*"abcdefg"), protocol)
    assert [step for step in protocol.steps if step[0] != "begin"] == [
        ("sent", "a"),
        ("PermanentRefusal", "b"),
        ("TemporaryRefusal", "c"),
        ("sent", "d"),
        ("OutcomeUnknown", "e"),
        ("sent", "f"),
        ("sent", "g"),
    ]
    assert [address[0] for address in sink.received] == ["a", "d", "e", "f", "g"]
    assert set(sink.messages.values()) == {MESSAGE}


def test_letter_whose_beginning_cannot_be_noted_is_not_sent_nor_any_after_it(sink, backend):
    protocol = Protocol(until="b")
    backend.carry(letters("a", "b", "c"), protocol)
    assert protocol.steps == [("begin", "a"), ("sent", "a"), ("begin", "b")]
    assert sink.received == ["a@kommun.example"]


def test_problem_of_all_stops_at_the_first(sink, backend):
    sink.replies["DATA", "b@kommun.example"] = "550 5.7.26 DMARC"
    protocol = Protocol()
    backend.carry(letters("a", "b", "c"), protocol)
    assert protocol.steps[-1] == ("PolicyRefused", "b")
    send(backend)  # and the connection can be used again
    assert sink.received == ["a@kommun.example", "anna@kommun.example"]


@pytest.mark.parametrize(
    "evil", ["anna@kommun.example>\r\nRCPT TO:<bo@kommun.example", "anna @kommun.example", "anna", "<anna@kommun.example>"]
)
def test_address_that_is_none_is_refused_before_the_server_hears_of_it(sink, backend, evil):
    with pytest.raises(backends.PermanentRefusal):
        send(backend, evil)
    assert sink.received == []
