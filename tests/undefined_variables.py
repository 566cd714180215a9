import sys

from django.template.base import FilterExpression


class UndefinedVariable(str):
    """A value for Django's `string_if_invalid` that raises, but only for templates in one folder.

    Elsewhere (the admin of Wagtail shows many variables that may be missing) it is the empty string, as by default. Django
    asks whether it is true, whether it contains "%s", and then fills in the name; so the first question is the place to
    find out which template is being rendered.
    """

    def __new__(cls, folder):
        self = super().__new__(cls, "")
        self.folder = str(folder)
        return self

    def __bool__(self):
        asking = sys._getframe(1).f_locals
        if not isinstance(asking.get("self"), FilterExpression) or "context" not in asking:
            return False
        self.template = asking["context"].render_context.template.origin.name
        return self.template.startswith(self.folder)

    def __contains__(self, text):
        return text == "%s"

    def __mod__(self, variable):
        raise AssertionError(f"{self.template} shows {{{{ {variable} }}}}, which is not defined.")
