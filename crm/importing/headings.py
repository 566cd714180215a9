"""Which column of the register each column of a file stands for."""

import hashlib

from django.utils.translation import gettext as _

from crm.importing.columns import plain_heading
from crm.models import ImportMapping


def guess_mapping(columns, headings):
    """Return {heading: column name, or "" for what nobody knows}. Of two headings for one column the first is taken."""
    known = {}
    for name, column in columns.items():
        for heading in column.headings():
            known.setdefault(plain_heading(heading), name)
    mapping, taken = {}, set()
    for heading in headings:
        name = known.get(plain_heading(heading), "")
        mapping[heading] = "" if name in taken else name
        taken.add(name)
    return mapping


def problems(importer, mapping):
    """Return sentences on why files cannot be read with this mapping."""
    names = [name for name in mapping.values() if name]
    found = [
        _("Two columns mean “%(label)s”. Choose one of them and leave the other out.") % {"label": importer.columns[name].label}
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if missing := importer.missing_columns(set(names)):
        found.append(
            _("The file lacks a column for: %(missing)s. Its headings are: %(found)s.")
            % {"missing": ", ".join(missing), "found": ", ".join(mapping)}
        )
    return found


def remembered(kind, headings):
    """Return the ImportMapping of files with the same headings, or None."""
    return ImportMapping.objects.filter(kind=kind, headings_hash=hash_headings(headings)).first()


def remember(job):
    ImportMapping.objects.update_or_create(
        kind=job.kind, headings_hash=hash_headings(job.headings), defaults={"mapping": job.mapping, "values": job.values}
    )


def hash_headings(headings):
    return hashlib.sha256("\n".join(sorted(headings)).encode()).hexdigest()
