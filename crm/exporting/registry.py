"""The kinds of records that can be exported. Apps above the register add theirs with the same decorator."""

_exportables = {}


def exportable(exportable_class):
    """Offer a kind for export, and put it among the files of `manage.py export_register`."""
    _exportables[exportable_class.kind] = exportable_class()
    return exportable_class


def exportables():
    """Return {kind: exportable} in the order in which an empty register is filled."""
    return dict(_exportables)


def get_exportable(kind):
    return _exportables[kind]
