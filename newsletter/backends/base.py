from abc import ABC, abstractmethod

from crm.mail.problems import DeliveryProblem


class Backend(ABC):
    """Sends finished messages, over a connection that it keeps between them."""

    def carry(self, letters, record):
        """Send letters in turn and tell `record` (crm.mail.smtp.Record) how far each has come.

        Ends when there are no more, when `record.begin` says no, or with a problem that every other would meet.
        """
        for letter in letters:
            if not record.begin(letter.key):
                return
            try:
                self.send(sender=letter.sender, address=letter.address, message=letter.message)
            except DeliveryProblem as problem:
                record.end(letter.key, problem)
                if problem.stops_all:
                    return
            else:
                record.end(letter.key, None)

    @abstractmethod
    def send(self, *, sender, address, message):
        """Return when the other side has taken responsibility for the message, and raise a DeliveryProblem otherwise.

        It must never raise anything but OutcomeUnknown when the message may have gone.
        """

    @abstractmethod
    def close(self): ...

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
