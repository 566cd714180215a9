"""The kinds of files that can be imported, in the order in which an empty register is filled from them."""

from functools import partial

from crm.importing.contacts import ContactImporter
from crm.importing.records import RecordImporter
from crm.resources.registry import resources

ORDER = [
    "municipalities",
    "roles",
    "organisations",
    "relationships",
    "contacts",
    "memberships",
    "networks",
    "licences",
    "holdings",
    "projects",
    "project_partners",
    "project_people",
    "mobilities",
    "project_costs",
    "project_indicators",
    "project_evidence",
    "activities",
    "courses",
    "seat_requests",
    "needs",
    "interests",
    "mandates",
    "plan_items",
]


def importers():
    """Return {kind: function that makes an importer}. Apps above the register add theirs in crm.resources.registry."""
    found = {kind: partial(RecordImporter, resource) for kind, resource in resources().items()}
    found[ContactImporter.kind] = ContactImporter
    return {kind: found[kind] for kind in sorted(found, key=lambda kind: ORDER.index(kind) if kind in ORDER else len(ORDER))}


def about(kind):
    """Return title, model and further permissions of a kind without making an importer, which takes its time."""
    if kind == ContactImporter.kind:
        return ContactImporter.title, ContactImporter.model, ()
    resource = resources()[kind]
    return resource.title, resource._meta.model, resource.permissions


def get_importer(kind):
    return importers()[kind]
