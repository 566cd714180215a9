"""One connection to the mail server, by Django's mail settings, and what happens to each letter on it.

Letters go one after the other, each step known: only so can be said after an accident how far a letter had come. Where the server
offers it (PIPELINING, RFC 2920), the questions about sender and recipient are asked together, and those about the next letter right
behind the text of this one: a letter then costs one journey to the server and back instead of four.
"""

import re
import smtplib
import socket
from collections import deque
from itertools import islice
from typing import NamedTuple

from django.core.mail import get_connection

from crm.mail.problems import DeliveryProblem, PermanentRefusal, SenderRefused, Step, lost_at, problem_at, problem_of, words_of

# Large receivers close a connection that carries more, some by refusing the next message.
MESSAGES_PER_CONNECTION = 100
NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f<>]")
LEADING_DOT = re.compile(rb"\n\.")
# The end of the text leaves in one packet with what comes before it.
MORE_FOLLOWS = getattr(socket, "MSG_MORE", 0)
BROKEN = (OSError, smtplib.SMTPException)


class Letter(NamedTuple):
    key: object
    sender: str
    address: str
    message: bytes  # with CRLF line ends and without dot-stuffing


class Record:
    """Is told how far each letter has come."""

    def begin(self, key):
        """The text is about to go out, and after it nobody can say for sure that nothing was sent. False: send it not, nor any other."""
        return True

    def end(self, key, problem):
        """It is settled: `problem` is a DeliveryProblem, or None when the letter was taken."""


class _HungUp(Exception):
    """The server had ended the connection before it heard of the letter, as it may: that is nobody's failed attempt."""


class _Row:
    """The letters to come, of which one or two have been made."""

    def __init__(self, letters):
        self._letters, self._made, self._fault = iter(letters), deque(), None
        self.make_another()

    @property
    def next(self):
        return self._made[0] if self._made else None

    def take(self):
        if not self._made and self._fault:
            raise self._fault
        letter = self._made.popleft() if self._made else None
        if letter and not self._made:
            self.make_another()
        return letter

    def make_another(self):
        if self._fault is None:
            try:
                self._made.extend(islice(self._letters, 1))
            except Exception as fault:  # is told when its turn comes: a letter is on its way
                self._fault = fault


class Line:
    def __init__(self):
        self._connection = None
        self._carried = 0
        self._asked = None  # the letter that the server has been asked about ahead of its turn
        self._is_refused = False  # the server has said no to an envelope, and waits for RSET

    def carry(self, letters, record):
        """Send letters until there are no more, `record.begin` says no, or one meets a problem that all would meet."""
        self._row = _Row(letters)
        while (letter := self._row.take()) is not None:
            problem = self._ask(letter)
            if problem is None:
                if not record.begin(letter.key):
                    self._drop()  # the server waits for a text: hanging up is the only way to take the question back
                    return
                problem = self._hand_over(letter)
            record.end(letter.key, problem)
            if problem and problem.stops_all:
                if self._asked:
                    self._drop()
                return

    def close(self):
        if self._connection:
            self._connection.close()
        self._forget()

    def _ask(self, letter):
        """Ask whether the letter may come; return the problem, if there is one."""
        try:
            try:
                return self._ask_once(letter)
            except _HungUp:
                return self._ask_once(letter)
        except DeliveryProblem as problem:
            return problem

    def _ask_once(self, letter):
        smtp = self._open()
        if problem := _cannot_be_asked(smtp, letter):
            return problem
        is_asked, self._asked = self._asked is letter, None
        is_pipelined, questions = smtp.has_extn("pipelining"), _questions(letter)
        if self._is_refused:
            questions, self._is_refused = [(Step.SENDER, b"RSET\r\n"), *questions], False
        problem, code, step = None, 0, Step.SENDER
        try:
            if is_pipelined and not is_asked:
                smtp.sock.sendall(b"".join(question for _step, question in questions))
            for step, question in questions:
                if not is_pipelined:
                    smtp.sock.sendall(question)
                code, reply = smtp.getreply()
                problem = problem or problem_at(step, code, reply)
                if code == 421 or (problem and not is_pipelined):
                    break
            if problem and code == 354:  # refused, and yet a text is awaited: an empty one reaches nobody
                smtp.sock.sendall(b".\r\n")
                smtp.getreply()
        except BROKEN as error:
            problem, code = problem or lost_at(step, words_of(error)), 421
        if code == 421:  # "closing the connection"
            return self._lose(step, problem)
        self._is_refused = problem is not None
        return problem

    def _lose(self, step, problem):
        had_carried = self._carried
        self._drop()
        if had_carried and step is Step.SENDER:
            raise _HungUp
        return problem

    def _hand_over(self, letter):
        smtp = self._connection.connection
        text = letter.message
        if LEADING_DOT.search(text):  # takes a third of the time that `in` takes
            text = text.replace(b"\n.", b"\n..")
        if text.startswith(b"."):
            text = b"." + text
        self._carried += 1
        try:
            smtp.sock.sendall(text, *_flags(smtp.sock))
        except OSError as error:  # the final dot has not been sent
            self._drop()
            return lost_at(Step.DATA, words_of(error))
        end, following = b".\r\n", self._row.next
        if following and smtp.has_extn("pipelining") and self._carried < MESSAGES_PER_CONNECTION and not _cannot_be_asked(smtp, following):
            end += b"".join(question for _step, question in _questions(following))
            self._asked = following
        try:
            smtp.sock.sendall(end)
            self._row.make_another()  # while the server is busy with this one
            problem = problem_at(Step.TEXT, *smtp.getreply())
        except BROKEN as error:
            self._drop()
            return lost_at(Step.TEXT, words_of(error))
        if self._carried >= MESSAGES_PER_CONNECTION:
            self.close()
        return problem

    def _open(self):
        if self._connection is None:
            # SMTP by name: other mail may be set to leave in another way (as it does in the tests).
            connection = get_connection("django.core.mail.backends.smtp.EmailBackend")
            try:
                connection.open()
                connection.connection.ehlo_or_helo_if_needed()
            except BROKEN as error:
                raise problem_of(error, Step.CONNECT) from error
            connection.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection = connection
        return self._connection.connection

    def _drop(self):
        if self._connection:
            smtp = self._connection.connection
            self._connection.connection = None
            smtp.close()
        self._forget()

    def _forget(self):
        self._connection, self._carried, self._asked, self._is_refused = None, 0, None, False


def _cannot_be_asked(smtp, letter):
    if NOT_IN_ADDRESSES.search(letter.sender):
        return SenderRefused(f"“{letter.sender}” is not an e-mail address.")
    if NOT_IN_ADDRESSES.search(letter.address) or "@" not in letter.address:
        return PermanentRefusal(f"“{letter.address}” is not an e-mail address.")
    if not letter.address.isascii() and not smtp.has_extn("smtputf8"):
        return PermanentRefusal("The mail server does not support letters outside ASCII in addresses (SMTPUTF8).")
    return None


def _questions(letter):
    option = "" if letter.address.isascii() else " SMTPUTF8"
    return [
        (Step.SENDER, f"MAIL FROM:<{letter.sender}>{option}\r\n".encode()),
        (Step.RECIPIENT, f"RCPT TO:<{letter.address}>\r\n".encode()),
        (Step.DATA, b"DATA\r\n"),
    ]


def _flags(sock):
    return [MORE_FOLLOWS] if type(sock) is socket.socket and MORE_FOLLOWS else []
