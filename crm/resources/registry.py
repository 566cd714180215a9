"""The spreadsheets that can be imported. Apps above the register add theirs with the same decorator."""

_resources = {}


def importer(resource_class):
    """Offer a resource on the import page and to the command line, under its `kind`."""
    _resources[resource_class.kind] = resource_class
    return resource_class


def resources():
    """Return {kind: resource class}."""
    return dict(_resources)
