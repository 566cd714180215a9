from dataclasses import dataclass

from newsletter.backends.base import Backend


@dataclass(frozen=True)
class SentMessage:
    sender: str
    address: str
    message: bytes


class MemoryBackend(Backend):
    """For tests: keeps what it is given in `outbox`; an exception in `problems` under an address is raised once."""

    outbox = []
    problems = {}

    def send(self, *, sender, address, message):
        if problem := self.problems.pop(address, None):
            raise problem
        self.outbox.append(SentMessage(sender, address, message))

    def close(self):
        pass
