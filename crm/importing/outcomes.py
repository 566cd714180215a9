"""What becomes of one row of a file."""

from dataclasses import dataclass, field

from crm.models import ImportRow

Fate = ImportRow.Fate

SKIP = "skip"


@dataclass
class Question:
    """Something doubtful that a person decides: a sentence, and what can be answered, [(answer, sentence), …]."""

    text: str
    options: list

    def to_json(self):
        return {"text": self.text, "options": [list(option) for option in self.options]}


@dataclass(slots=True)
class Row:
    """A row as it was read: its number in the file, its cells by column name, and what somebody has decided about it."""

    number: int
    cells: dict
    answers: set = field(default_factory=set)
    corrections: dict = field(default_factory=dict)  # cells that somebody has typed anew; they are in `cells` too
    # What an importer of people makes of the cells: their values or, where a cell is wrong, None and messages like an Outcome's.
    values: dict | None = None
    messages: list = field(default_factory=list)
    place: object = None  # (number of the role, Named organisation) that the values name, or the RowRefused that says why not


@dataclass(slots=True)
class Outcome:
    row: Row
    fate: str
    label: str = ""
    changes: list = field(default_factory=list)  # [[label, old, new], …]
    messages: list = field(default_factory=list)  # [[column name or "", sentence], …]
    question: Question | None = None
    settled: str = ""  # answers that the file itself gave, for the run that writes
    model: str = ""
    object_id: int | None = None
    unknown: list = field(default_factory=list)  # [(column name, text), …] of values that the register lacks
    person: object = None  # of an import of contacts


class RowRefused(Exception):
    """A row that cannot be taken: [[column name or "", sentence], …]."""

    def __init__(self, messages, unknown=()):
        super().__init__(messages)
        self.messages = messages
        self.unknown = list(unknown)


class RowDoubtful(Exception):
    def __init__(self, question):
        super().__init__(question.text)
        self.question = question
