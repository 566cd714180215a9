"""What an answer of a mail server means: for this one mail, for all that follow, and for the person who has to mend it.

RFC 5321 has the codes, RFC 3463 the "enhanced" ones. The same words mean something else at another step: a 550 about the recipient
is the recipient's, a 550 about the sender is ours.
"""

import re
import smtplib
from enum import Enum

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Step(Enum):
    CONNECT = "connect"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    TEXT = "text"  # after the final dot: the server has all of it


class DeliveryProblem(Exception):
    """A mail that was not (surely) taken; the text is the other side's, for the report."""

    stops_all = False


class PermanentRefusal(DeliveryProblem):
    """The recipient is refused for good (5xx). Nothing was sent."""


class TemporaryRefusal(DeliveryProblem):
    """Not now (4xx), or the connection broke before the message was complete. Nothing was sent."""


class OutcomeUnknown(DeliveryProblem):
    """The message was handed over whole, and then the connection broke before the answer."""


class ConnectionTrouble(DeliveryProblem):
    """The server cannot be reached, or takes nothing at the moment. Nobody's mail is to blame; all wait."""

    stops_all = True


class SenderRefused(DeliveryProblem):
    """The server refuses *us*: wrong password, sender not allowed. Nothing goes until a person has mended it."""

    stops_all = True


class PolicyRefused(SenderRefused):
    """The other side holds our mail for forged, unsigned or unwanted: not the recipient's fault, and the next one would hear the same."""


def problem_at(step, code, reply):
    """Return what an answer means at a step, or None when it is a yes."""
    if 200 <= code < 300 or (step is Step.DATA and code == 354):
        return None
    words = in_words(code, reply)
    if 500 <= code < 600:
        return _refused(step, words)
    if 400 <= code < 500:
        return _put_off(step, words)
    return lost_at(step, words)  # no answer that a mail server gives


def _refused(step, words):
    if step in (Step.RECIPIENT, Step.DATA, Step.TEXT):
        return (PolicyRefused if is_about_us(words) else PermanentRefusal)(words)
    return SenderRefused(words)


def _put_off(step, words):
    return (TemporaryRefusal if step in (Step.RECIPIENT, Step.DATA, Step.TEXT) else ConnectionTrouble)(words)


def lost_at(step, words):
    """Return what it means when the connection breaks, or the time is up, while an answer is awaited."""
    if step is Step.TEXT:
        return OutcomeUnknown(words)
    return _put_off(step, words)


def is_about_us(words):
    """Whether a refusal says that our mail is not allowed (5.7), or too large for anybody there (5.3.4)."""
    found = ENHANCED.search(words)
    return (bool(found) and (found[1], found[2]) == ("5", "7")) or "5.3.4" in words


def problem_of(error, step):
    """Return what an exception of smtplib, or of the network, means when it comes at a step."""
    if isinstance(error, DeliveryProblem):
        return error
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)):
        step = Step.LOGIN
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return SenderRefused(words_of(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return problem_at(step, error.smtp_code, error.smtp_error) or lost_at(step, words_of(error))
    return lost_at(step, words_of(error))


def words_of(error):
    if isinstance(error, smtplib.SMTPResponseException):
        return in_words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def in_words(code, reply):
    return f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
