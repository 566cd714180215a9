"""The one file of a backup: a gzipped tar of manifest, database and folders, with the checksums of all of it at its end.

Written and read as a stream, so that it takes no more memory for many pictures than for few. `tar xzf` and `sha256sum -c SHA256SUMS`
open and check it without this product.
"""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from upkeep.exceptions import UpkeepError

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
PRODUCT, FORMAT = "knutpunkt", 1
# Pictures are compressed already, and of the database even the quickest level takes off most.
_LEVEL = 3


class Hashing:
    """A file whose content is hashed on its way."""

    def __init__(self, file):
        self._file, self._digest = file, hashlib.sha256()

    def read(self, size=-1):
        chunk = self._file.read(size)
        self._digest.update(chunk)
        return chunk

    def hexdigest(self):
        return self._digest.hexdigest()


class ArchiveWriter:
    def __init__(self, stream, manifest):
        self._gzip = gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=_LEVEL)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 -- closed by __exit__()
        self._sums = {}
        self._add_text(MANIFEST, json.dumps({"product": PRODUCT, "format": FORMAT, **manifest}, indent=1))

    def add_file(self, path, name):
        with path.open("rb") as file:
            member = self._tar.gettarinfo(arcname=name, fileobj=file)
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            hashing = Hashing(file)
            self._tar.addfile(member, hashing)
        self._sums[name] = hashing.hexdigest()

    def add_folder(self, folder, name):
        """Add all files of a folder, but those that are gone when their turn comes: people go on working meanwhile."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
            try:
                self.add_file(path, f"{name}/{path.relative_to(folder).as_posix()}")
            except FileNotFoundError:
                continue

    def __enter__(self):
        return self

    def __exit__(self, kind, *_error):
        # What was broken off gets neither checksums nor an end mark: nobody takes it for a whole one.
        if kind is None:
            self._add_text(SUMS, "".join(f"{digest}  {name}\n" for name, digest in self._sums.items()))
            self._tar.close()
            self._gzip.close()
        else:
            with suppress(OSError):
                self._gzip.close()

    def _add_text(self, name, text):
        content = text.encode()
        member = tarfile.TarInfo(name)
        member.size = len(content)
        hashing = Hashing(io.BytesIO(content))
        self._tar.addfile(member, hashing)
        self._sums[name] = hashing.hexdigest()


def read_archive(stream, accept):
    """Read an archive to its end and check every file in it against its checksum; return the manifest.

    `accept(manifest)` is asked as soon as the manifest is known. It raises when the archive is the wrong one, and otherwise returns
    a function from the name of a file to the path where it shall be written, or to None for one that need only be checked.

    Raises UpkeepError: no archive, damaged, incomplete, from a newer version.
    """
    try:
        return _read(stream, accept)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UpkeepError(_("The file is not a backup, or it is damaged.")) from error


def _read(stream, accept):
    found, expected, place, manifest = {}, None, None, None
    with gzip.GzipFile(fileobj=stream, mode="rb") as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as tar:
        for member in tar:
            content = Hashing(tar.extractfile(member)) if member.isfile() else None
            if content is None or _leads_out(member.name):
                raise UpkeepError(_("The file is not a backup, or it is damaged."))
            if manifest is None:
                manifest = _known_manifest(member.name, content)
                place = accept(manifest)
            elif member.name == SUMS:
                expected = dict(reversed(line.split("  ", 1)) for line in content.read().decode().splitlines())
                continue
            else:
                _take(content, place(member.name))
            found[member.name] = content.hexdigest()
        # What follows the tar's own end mark: reading it lets gzip compare its checksum, too.
        while unzipped.read(1 << 20):
            pass
    if expected is None or expected != found:
        raise UpkeepError(_("The backup is damaged or incomplete: its files do not match their checksums."))
    return manifest


def _known_manifest(name, content):
    manifest = json.loads(content.read()) if name == MANIFEST else {}
    if manifest.get("product") != PRODUCT:
        raise UpkeepError(_("The file is not a backup of Knutpunkt."))
    if manifest["format"] > FORMAT:
        raise UpkeepError(_("A newer version of Knutpunkt made this backup: update first, then restore."))
    return manifest


def _take(content, path: Path | None):
    if path is None:
        while content.read(1 << 20):
            pass
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)


def _leads_out(name):
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts
