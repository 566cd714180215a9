"""Documents of a contact or an organisation: adding and removing them. Any kind of file is taken; it is only ever downloaded."""

from pathlib import PurePath

from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import ChangeSet, Document
from crm.services.ledger import change_set

MAX_MEGABYTES = 25


def add_documents(record, uploads, *, acting_user, title=""):
    """Add all of some uploaded files or none, and return the Documents. Without a title they are called after their files.

    Raises RegisterError for the person at the screen.
    """
    for upload in uploads:
        refuse_unfit(upload)
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        return [_add(record, upload, title, acting_user) for upload in uploads]


def refuse_unfit(upload):
    words = {"name": upload.name, "number": MAX_MEGABYTES}
    if not upload.size:
        raise RegisterError(_("“%(name)s” is empty. Nothing was added.") % words)
    if upload.size > MAX_MEGABYTES * 1024 * 1024:
        raise RegisterError(_("“%(name)s” is larger than %(number)d MB. Nothing was added.") % words)


def _add(record, upload, title, acting_user):
    path = PurePath(upload.name)
    # A long name loses its middle: the ending tells what kind of file it is.
    suffix = path.suffix[:20]
    stem = path.name.removesuffix(path.suffix)
    return Document.objects.create(
        **{record._meta.model_name: record},
        title=title or " ".join(stem.replace("_", " ").split())[:200] or path.name[:200],
        file=upload,
        filename=stem[: 255 - len(suffix)] + suffix,
        size=upload.size,
        added_by=acting_user,
    )


def remove_document(document, *, acting_user):
    """Take a document off its record. Its file stays, for an undo."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        document.delete()
