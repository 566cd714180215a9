"""What figures are asked of: the whole association, a sub-region, a municipality or a project."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.models import Municipality, Project

KINDS = ("subregion", "municipality", "project")


@dataclass(frozen=True)
class Scope:
    """`kind` is one of KINDS or empty; `key` is what the address holds: a sub-region's name, a municipality's code, a project's number."""

    kind: str = ""
    key: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text):
        """Read "", "subregion:Fyrbodal", "municipality:1490" or ":Borås", "project:3" or ":Bron"; raise ValidationError for others."""
        text = text.strip()
        if not text:
            return WHOLE
        kind, colon, value = (part.strip() for part in text.partition(":"))
        if not colon or kind not in KINDS or not value:
            raise ValidationError(
                _("“%(value)s” is not a part of the association. Write subregion:Fyrbodal, municipality:Borås or project:Bron."),
                code="invalid",
                params={"value": text},
            )
        found = {"subregion": _subregion, "municipality": _municipality, "project": _project}[kind](value)
        if found is None:
            raise ValidationError(_("The register has no “%(value)s”."), code="unknown", params={"value": value})
        return found

    def __str__(self):
        return f"{self.kind}:{self.key}" if self.kind else ""

    @property
    def is_area(self):
        return self.kind in ("subregion", "municipality")

    def at(self, path):
        """A condition on rows from which a path leads to a municipality."""
        return Q(**{f"{path}__subregion": self.key} if self.kind == "subregion" else {f"{path}__code": self.key})


WHOLE = Scope()


def _subregion(value):
    name = Municipality.objects.filter(subregion=value).values_list("subregion", flat=True).first()
    return name and Scope("subregion", name, name)


def _municipality(value):
    found = Municipality.objects.filter(Q(code=value) | Q(name=value)).first()
    return found and Scope("municipality", found.code, found.name)


def _project(value):
    named = Q(name=value) | Q(short_name=value)
    by_number = Q(pk=value) if value.isdecimal() and len(value) < 10 else Q()
    found = Project.objects.filter(named | by_number if by_number else named).first()
    return found and Scope("project", str(found.pk), str(found))
