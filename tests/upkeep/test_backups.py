"""Database and files into one file, while people work, and back."""

import errno
import io
import json
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crm.models import Contact, User
from tests.factories.crm import ContactFactory, UserFactory
from upkeep.archives import ArchiveWriter
from upkeep.backups import check_backup, make_backup
from upkeep.encryption import new_key
from upkeep.exceptions import UpkeepError
from upkeep.restoring import restore_backup

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    """Folders of this test, with a picture and a private file in them."""
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = str(tmp_path / "media"), str(tmp_path / "private")
    settings.BACKUP_DIR, settings.BACKUP_KEY = str(tmp_path / "backups"), ""
    (tmp_path / "media/images").mkdir(parents=True)
    (tmp_path / "media/images/möte.jpg").write_bytes(b"jpg" * 1000)
    (tmp_path / "private").mkdir()
    (tmp_path / "private/protokoll.pdf").write_bytes(b"%PDF")
    return tmp_path


def names():
    return sorted(Contact.objects.values_list("last_name", flat=True))


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change_everything(house):
    Contact.objects.update(last_name="Ändrad")
    ContactFactory(last_name="Senare")
    (house / "media/images/möte.jpg").write_bytes(b"another")
    (house / "media/images/senare.jpg").write_bytes(b"later")
    (house / "private/protokoll.pdf").unlink()


def test_what_was_backed_up_comes_back_as_it_was(house):
    ContactFactory(last_name="Åkesson")
    before = files(house)
    make_backup(house / "b.tar.gz")
    change_everything(house)

    restore_backup(house / "b.tar.gz")

    assert names() == ["Åkesson"]
    (house / "b.tar.gz").unlink()
    assert files(house) == before
    ContactFactory(last_name="Efteråt")  # triggers and sequences are in place
    assert len(names()) == 2


@pytest.mark.parametrize("is_secret", [True, False])
def test_encrypted_backup_is_opened_by_its_secret_key_only(house, is_secret):
    ContactFactory(last_name="Åkesson")
    secret, public = new_key()
    make_backup(house / "b.age", key=secret if is_secret else public)

    assert b"kesson" not in (house / "b.age").read_bytes()
    for key, told in (("", "krypterad"), (new_key()[0], "öppnar inte"), (public, "AGE-SECRET-KEY-1")):
        with pytest.raises(UpkeepError, match=told):
            check_backup(house / "b.age", key=key)
    assert check_backup(house / "b.age", key=secret)["engine"] == connection.vendor


def test_key_that_is_none_is_named(house):
    with pytest.raises(UpkeepError, match="BACKUP_KEY"):
        make_backup(house / "b.age", key="hemligt")
    assert not list(house.glob("*b.age*"))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("harm", ["flipped", "cut"])
def test_damaged_backup_is_refused_and_nothing_is_replaced(house, share, harm):
    ContactFactory(last_name="Åkesson")
    path = house / "b.tar.gz"
    make_backup(path)
    content = bytearray(path.read_bytes())
    place = int(len(content) * share)
    if harm == "flipped":
        content[place] ^= 0xFF
    else:
        del content[place:]
    path.write_bytes(content)
    change_everything(house)
    before = files(house)

    with pytest.raises(UpkeepError, match=r"skada|ofullständig"):
        restore_backup(path)

    assert names() == ["Senare", "Ändrad"]
    assert files(house) == before


def archive(path, manifest, extra=()):
    manifest = {"made_at": "2026-11-01", "engine": connection.vendor, "migrations": [], **manifest}
    with path.open("wb") as file, ArchiveWriter(file, manifest) as writer:
        for name in extra:
            writer.add_file(Path(__file__), name)


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ({"migrations": [["crm", "9999_later"]]}, "nyare version"),
        ({"format": 2}, "nyare version"),
        ({"product": "other"}, "inte en säkerhetskopia av Knutpunkt"),
        ({"engine": "oracle"}, "export_register"),
        ({}, "ingen databas"),
    ],
)
def test_backup_that_does_not_fit_is_refused_in_words(house, manifest, told):
    archive(house / "b.tar.gz", manifest)
    with pytest.raises(UpkeepError, match=told):
        restore_backup(house / "b.tar.gz")


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "media/../../evil"])
def test_nothing_is_written_outside(house, name):
    archive(house / "b.tar.gz", {}, [name])
    with pytest.raises(UpkeepError, match="skada"):
        restore_backup(house / "b.tar.gz")
    assert not list(house.rglob("evil"))


def test_file_that_is_no_backup_is_refused(house):
    for content in (b"", b"hello", json.dumps({"a": 1}).encode(), zipped(b"x")):
        (house / "b").write_bytes(content)
        with pytest.raises(UpkeepError):
            restore_backup(house / "b")


def zipped(content):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("x")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def test_full_disk_leaves_no_half_backup(house, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ArchiveWriter, "add_folder", full)
    with pytest.raises(UpkeepError, match="No space left"):
        make_backup(house / "b.tar.gz")
    assert not [path for path in house.iterdir() if "b.tar.gz" in path.name]


def test_existing_file_is_not_overwritten_and_a_folder_must_be_there(house):
    (house / "b.tar.gz").write_text("mine")
    with pytest.raises(UpkeepError, match="finns redan"):
        make_backup(house / "b.tar.gz")
    with pytest.raises(UpkeepError, match="finns inte"):
        make_backup(house / "nowhere/b.tar.gz")
    assert (house / "b.tar.gz").read_text() == "mine"


def test_commands(house, capsys):
    UserFactory(username="personal")
    ContactFactory(last_name="Åkesson")
    call_command("backup", str(house / "b.tar.gz"))
    call_command("backup", str(house / "b.tar.gz"), check=True)
    Contact.objects.update(last_name="Ändrad")

    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(house / "b.tar.gz"))
    assert names() == ["Ändrad"]
    call_command("restore", str(house / "b.tar.gz"), replace=True)
    assert names() == ["Åkesson"]

    [kept] = (house / "backups").glob("before-restore-*.tar.gz")
    User.objects.all().delete()  # an installation that nobody uses yet
    call_command("restore", str(kept))
    assert names() == ["Ändrad"]
    assert "whole" in capsys.readouterr().out
