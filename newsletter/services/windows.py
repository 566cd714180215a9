"""A window: the recipients that a worker has taken on at once, and how it is written down what becomes of each.

See docs/decisions/0027-windows-and-a-journal.md.
"""

import secrets
import time

from django.utils import timezone

from crm.mail.problems import OutcomeUnknown, PermanentRefusal, TemporaryRefusal
from crm.mail.smtp import Record
from newsletter.models import Delivery
from newsletter.services import deliveries
from newsletter.services.deliveries import LEASE, NOT_BEGUN, SENT, Outcome

SIZE = 100
# A window is left unfinished when the server is slow: what was asked about recipients, and about the mailing, must not grow old.
SECONDS = 3

_State = Delivery.State


class Window(Record):
    """All of it is *sending* in the database, and settled there in one go; the journal knows more exactly meanwhile."""

    state = _State.SENDING

    def __init__(self, mailing, *, domain, journal):
        self._journal, self.token = journal, secrets.token_hex(16)
        until = timezone.now() + LEASE
        self._stops_at, self._lease_ends_at = time.monotonic() + SECONDS, until.timestamp()
        self.obstacle = None  # the problem that stopped everything
        self.sent = 0
        self._outcomes, self._under_way = {}, None
        self._prepare()
        self.rows = deliveries.claim(mailing, SIZE, token=self.token, until=until, domain=domain, state=self.state)
        self._open = {row.pk for row in self.rows}

    def _prepare(self):
        self._journal.open(self.token)

    @property
    def is_over(self):
        return time.monotonic() > self._stops_at

    def settle(self, pk, outcome):
        """Settle a delivery that is not going to be sent."""
        self._outcomes[pk] = outcome

    def begin(self, pk):
        # A machine that was asleep meanwhile must not go on with what others may have got since.
        if time.time() > self._lease_ends_at or not self._write_beginning(pk):
            return False
        self._under_way = pk
        return True

    def _write_beginning(self, pk):
        self._journal.begin(pk)
        return True

    def end(self, pk, problem):
        self._under_way = None
        self._outcomes[pk] = outcome = outcome_of(problem)
        if problem is None:
            self.sent += 1
        elif problem.stops_all:
            self.obstacle = problem
        self._write_end(pk, outcome)

    def _write_end(self, pk, outcome):
        self._journal.end(pk, outcome)

    def close(self):
        """Write everything down; what was not begun is free again."""
        rest = dict.fromkeys(self._open, NOT_BEGUN)
        if self._under_way:  # something of ours broke between the two
            rest[self._under_way] = Outcome(_State.UNKNOWN)
        deliveries.settle(self.token, rest | self._outcomes)
        self._clear()

    def _clear(self):
        self._journal.clear()


class StrictWindow(Window):
    """One mail at a time is *sending*, committed before it goes: the database alone knows all there is to know."""

    state = _State.QUEUED

    def __init__(self, mailing, *, domain):
        self._sent_last = None
        super().__init__(mailing, domain=domain, journal=None)

    def _prepare(self):
        pass

    def _write_beginning(self, pk):
        sent, self._sent_last = self._sent_last, None
        if sent is None:
            return deliveries.begin(pk, self.token)
        has_begun = deliveries.succeed_and_begin(sent, pk, self.token)
        del self._outcomes[sent]
        self._open.remove(sent)
        return has_begun

    def _write_end(self, pk, outcome):
        if outcome is SENT:
            self._sent_last = pk  # is written together with the next beginning
        else:
            deliveries.settle(self.token, {pk: outcome})

    def _clear(self):
        pass


def outcome_of(problem):
    if problem is None:
        return SENT
    if isinstance(problem, PermanentRefusal):
        return Outcome(_State.FAILED, str(problem))
    if isinstance(problem, TemporaryRefusal):
        return Outcome(_State.QUEUED, str(problem), is_attempt=True)
    if isinstance(problem, OutcomeUnknown):
        return Outcome(_State.UNKNOWN, str(problem))
    return NOT_BEGUN  # it is nobody's own problem
