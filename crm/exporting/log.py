"""That somebody took data out of the register is written down before the first row leaves, and how many at the end."""

from crm.models import Export
from crm.services.ledger import name_of


def begin(exportable, *, file_format, fields=(), query="", acting_user):
    return Export.objects.create(
        kind=exportable.kind,
        format=file_format.key,
        query=query,
        fields=[field.key for field in fields],
        user=acting_user,
        user_name=name_of(acting_user),
    )


def counted(export, parts):
    """Yield the bytes of (bytes, number of rows), and write down how many rows were sent, also when the reader breaks off."""
    rows = 0
    try:
        for content, number in parts:
            rows += number
            yield content
    finally:
        finish(export, rows)


def finish(export, rows):
    export.row_count = rows
    export.save(update_fields=["row_count"])


def last_choice(kind, user):
    """Return how somebody exported this kind the last time, or None."""
    return Export.objects.filter(kind=kind, user=user).exclude(fields=[]).first()
