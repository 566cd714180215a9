from abc import ABC, abstractmethod


class DeliveryProblem(Exception):
    """A mail that was not (surely) taken; the text is the other side's, for the report."""


class PermanentRefusal(DeliveryProblem):
    """The recipient is refused for good (5xx). Nothing was sent."""


class TemporaryRefusal(DeliveryProblem):
    """Not now (4xx), or the connection broke before the message was complete. Nothing was sent."""


class ConnectionTrouble(DeliveryProblem):
    """The server cannot be reached. Nobody's mail is to blame; all wait."""


class SenderRefused(DeliveryProblem):
    """The server refuses *us*: wrong password, sender not allowed. Nothing goes until a person has mended it."""


class OutcomeUnknown(DeliveryProblem):
    """The message was handed over whole, and then the connection broke before the answer."""


class Backend(ABC):
    """Sends finished messages one by one, over a connection that it keeps between them.

    `send` returns when the other side has taken responsibility for the message, and raises a DeliveryProblem otherwise.
    It must never raise anything but OutcomeUnknown when the message may have gone.
    """

    @abstractmethod
    def send(self, *, sender, address, message): ...

    @abstractmethod
    def close(self): ...

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
