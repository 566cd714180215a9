"""What somebody has filled in on the page of rows: answers, corrected cells, and what unknown names stand for."""

import re
from dataclasses import replace

from crm.importing.matching import NEW as NEW_PERSON
from crm.importing.matching import RENAME, SAME
from crm.importing.organisations import NEW
from crm.importing.outcomes import SKIP
from crm.importing.planning import ADD, CHANGE
from crm.importing.roles import TITLE
from crm.models import Organisation, Role
from crm.viewsets.import_access import wishes_of
from crm.viewsets.import_rows import JOB_QUESTION, Fate

_ANSWER = re.compile(r"(answer|back)-(\d{1,7})$")
_CELL = re.compile(r"cell-(\d{1,7})-(\w+)$")
_MODELS = {"organisation": Organisation, "role": Role}


def plain(text):
    """A cell's text as a form sends it back."""
    return text.replace("\r\n", "\n").strip()


class Decisions:
    """What is new in the form. Whatever the page didn't offer is left aside."""

    def __init__(self, job, data, *, importer, user):
        self.job, self.data, self.importer, self.user = job, data, importer, user
        self.answers, self.corrections, self.wishes = {}, {}, {}
        self.values = {name: dict(decided) for name, decided in job.values.items()}
        self._read_rows()
        self._read_all()
        self._read_values()

    @property
    def is_empty(self):
        return not (self.answers or self.corrections or self.wishes) and self.values == self.job.values

    def arguments(self):
        """Return what crm.importing.jobs.decide takes."""
        wishes = replace(wishes_of(self.job), **self.wishes) if self.wishes else None
        return {"decisions": self.answers, "corrections": self.corrections, "values": self.values, "wishes": wishes}

    # Single rows

    def _read_rows(self):
        answers = [(match[1], int(match[2]), value) for name, value in self.data.items() if (match := _ANSWER.match(name))]
        cells = [(int(match[1]), match[2], value) for name, value in self.data.items() if (match := _CELL.match(name))]
        numbers = {number for _what, number, _value in answers} | {number for number, _column, _text in cells}
        rows = {row.number: row for row in self.job.rows.filter(number__in=numbers)}
        for what, number, value in answers:
            row = rows.get(number)
            if row is None:
                continue
            if what == "back":
                self.answers[number] = ""
            elif row.question and value in {option for option, _sentence in row.question["options"]}:
                self.answers[number] = value
        for number, column, text in cells:
            row = rows.get(number)
            if row is None or row.cells is None or column not in self.importer.columns:
                continue
            if plain(text) != plain(row.cells.get(column, "")):
                self.corrections.setdefault(number, {})[column] = plain(text)

    # All questions of a kind

    def _read_all(self):
        asked = self.job.rows.filter(fate=Fate.ASKED).exclude(number__in=self.answers)
        answer = self.data.get("all-job")
        if answer in (CHANGE, ADD):
            self.wishes["new_organisation"] = answer
        elif answer == SKIP:
            self.answers |= dict.fromkeys(asked.filter(**JOB_QUESTION).values_list("number", flat=True), SKIP)
        answer = self.data.get("all-person")
        if answer in (NEW_PERSON, SAME, RENAME, SKIP):
            for number, question in asked.exclude(**JOB_QUESTION).values_list("number", "question"):
                found = [option for option, _sentence in question["options"] if option.partition(":")[0] == answer]
                if len(found) == 1:  # of several candidates none is taken for somebody
                    self.answers[number] = found[0]

    # Names that the register lacks

    def _read_values(self):
        for name, model in _MODELS.items():
            decided = self.values.get(name, {})
            for text in self.data.getlist(f"forget-{name}"):
                decided.pop(text, None)
            unknown = self.job.unknown.get(name, {})
            for index, text in enumerate(self.data.getlist(f"unknown-{name}")):
                chosen = self.data.get(f"other-{name}-{index}") or self.data.get(f"value-{name}-{index}")
                if text in unknown and (value := self._value(model, chosen)) is not None:
                    decided[text] = value
            if decided or name in self.values:
                self.values[name] = decided
        self._read_wishes()

    def _read_wishes(self):
        if self.data.get("all-organisation") == NEW and self.may_add(Organisation):
            self.wishes["create_organisations"] = True
        if self.data.get("all-role") == TITLE:
            self.wishes["unknown_roles"] = TITLE
        kind = self.data.get("organisation_kind")
        if kind in Organisation.Kind.values and kind != wishes_of(self.job).organisation_kind:
            self.wishes["organisation_kind"] = kind

    def _value(self, model, chosen):
        """Return what an unknown name stands for, or None when nothing (allowed) has been chosen."""
        if chosen == SKIP or (chosen == NEW and self.may_add(model)) or (chosen == TITLE and model is Role):
            return chosen
        if chosen and chosen.isdecimal() and len(chosen) < 19 and model.objects.filter(pk=chosen).exists():
            return int(chosen)
        return None

    def may_add(self, model):
        return self.user.has_perm(f"crm.add_{model._meta.model_name}")
