"""The spreadsheets that can be imported. Apps above the register add theirs with the same decorator."""

_importers = {}


def importer(resource_class):
    """Offer a resource on the import page and to the command line, under its `kind`."""
    _importers[resource_class.kind] = resource_class
    return resource_class


def importers():
    """Return {kind: resource class} in the order in which an empty register is filled."""
    return dict(_importers)


def get_importer(kind):
    return _importers[kind]
