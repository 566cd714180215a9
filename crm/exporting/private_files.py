"""The files that recorded rows name, pictures and documents: out beside the dump, and back."""

from pathlib import Path

from django.core.files import File
from django.db.models import FileField

from crm.services.net_changes import recordings_in_order

FOLDER = "files"


def write_files(folder):
    """Copy the files into a folder of their own and return their number. A file that is missing is no reason to stop."""
    count = 0
    for storage, name in _named_files():
        if storage.exists(name):
            path = Path(folder) / FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with storage.open(name) as file, path.open("wb") as output:
                output.writelines(file.chunks())
            count += 1
    return count


def read_files(folder):
    """Copy back what the rows name, which are there by now; what has that name here already is the same file."""
    for storage, name in _named_files():
        path = Path(folder) / FOLDER / name
        if not storage.exists(name) and path.is_file():  # storage refuses a name that leads out of it
            with path.open("rb") as file:
                storage.save(name, File(file))


def _named_files():
    """Yield (storage, name) of each."""
    for recording in recordings_in_order():
        for field in recording.fields:
            if isinstance(field, FileField):
                named = recording.model._base_manager.exclude(**{field.name: ""}).order_by("pk")
                for name in named.values_list(field.name, flat=True).iterator(chunk_size=2000):
                    yield field.storage, name
