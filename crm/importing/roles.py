"""The roles that rows name: by Swedish or English name, whatever the case."""

from difflib import get_close_matches

from django.utils.translation import gettext as _

from crm.importing.outcomes import SKIP, RowRefused
from crm.models import Role
from crm.text import fold

NEW, TITLE = "new", "title"


class Roles:
    def __init__(self, *, values, wishes):
        self.values = values
        self.wishes = wishes
        self.next_number = -1
        self.forget()

    def forget(self):
        self.names = {}
        self.by_name = {}
        self.by_text = {}  # texts as they stand in the file
        self.new = {}
        for number, name, name_en in Role.objects.values_list("pk", "name", "name_en"):
            self.names[number] = name
            for known in (name_en, name):
                if known:
                    self.by_name[fold(known)] = number

    def of(self, values):
        """Return the number of the role that a row names, or None. A role that becomes a title is moved there, in `values`."""
        text = values.get("role")
        if not text:
            return None
        if (found := self.by_text.get(text)) is not None:
            return found
        if (found := self.by_name.get(fold(text))) is not None:
            self.by_text[text] = found
            return found
        decided = self.values.get(text)
        if isinstance(decided, int) and decided in self.names:
            return decided
        if decided == SKIP:
            return None
        if decided == NEW:
            return self._create(text)
        if decided == TITLE or self.wishes.unknown_roles == TITLE:
            values.setdefault("title", text)
            return None
        message = _("The role “%(value)s” is not there. Choose what is meant, or write it in the column Title.") % {"value": text}
        raise RowRefused([["role", message]], unknown=[("role", text)])

    def _create(self, name):
        number = self.next_number
        self.next_number -= 1
        self.names[number] = name
        self.by_name[fold(name)] = number
        return number

    def use(self, number):
        if number is not None and number < 0:
            self.new[number] = self.names[number]

    def write(self):
        """Create what is new and return {number so far: number in the register}."""
        numbers = {}
        for number, name in self.new.items():
            numbers[number] = Role.objects.create(name=name).pk
            self.names[numbers[number]] = name
            self.by_name[fold(name)] = numbers[number]
        self.by_text = {}
        self.new = {}
        return numbers


def suggest(unknown):
    names = {fold(name): (number, name) for number, name in Role.objects.values_list("pk", "name")}
    return {text: [names[close] for close in get_close_matches(fold(text), names, n=3, cutoff=0.6)] for text in unknown}
