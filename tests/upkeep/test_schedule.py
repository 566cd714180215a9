"""The nightly backup, and the page that tells of it."""

import os
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tests.factories.crm import UserFactory
from upkeep import schedule
from upkeep.schedule import back_up, back_up_nightly, backups, delete_superfluous

pytestmark = pytest.mark.django_db

PAGE = "/admin/upkeep/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    """An empty folder, a nightly hour that has come, and a backup that is made in no time (the real one: test_backups.py)."""
    settings.BACKUP_DIR, settings.BACKUP_AT, settings.BACKUP_KEY = str(tmp_path), "00:00", ""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr(schedule, "make_backup", lambda path, key: path.write_bytes(b"x"))
    return tmp_path


def waiting():
    return DBTaskResult.objects.filter(task_path=back_up.module_path, status=TaskResultStatus.READY).count()


def made(folder, *moments):
    for moment in moments:
        (folder / f"knutpunkt-{moment:%Y%m%d-%H%M}.tar.gz").write_bytes(b"x")


def test_one_is_called_for_each_night(folder):
    back_up_nightly()
    back_up_nightly()
    assert waiting() == 1

    back_up.func()
    DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL)
    back_up_nightly()
    assert waiting() == 0
    assert len(backups()) == 1


def test_none_is_called_where_none_is_wanted_or_before_its_hour(settings, folder):
    settings.BACKUP_AT = ""
    back_up_nightly()
    made(folder, timezone.localtime() - timedelta(minutes=2))
    settings.BACKUP_AT = f"{timezone.localtime() + timedelta(minutes=5):%H:%M}"
    back_up_nightly()
    assert waiting() == 0


def test_failed_one_is_tried_again_an_hour_later(folder):
    failed = dict(args_kwargs={"args": [], "kwargs": {}}, task_path=back_up.module_path, backend_name="default", status="FAILED")
    task = DBTaskResult.objects.create(finished_at=timezone.now(), **failed)
    back_up_nightly()
    assert waiting() == 0
    DBTaskResult.objects.filter(pk=task.pk).update(finished_at=timezone.now() - timedelta(hours=2))
    back_up_nightly()
    assert waiting() == 1


def test_old_ones_go_and_foreign_files_stay(settings, folder):
    settings.BACKUP_KEEP = [2, 1, 1]
    now = timezone.localtime().replace(hour=12)
    made(folder, *(now - timedelta(days=number) for number in range(5)), now - timedelta(days=1, hours=1))
    (folder / "before-restore-20200101-000000.tar.gz").write_bytes(b"x")

    delete_superfluous()

    assert [backup.made_at for backup in backups()][:2] == [
        moment.replace(second=0, microsecond=0) for moment in (now, now - timedelta(days=1))
    ]
    assert len(backups()) <= 4
    assert (folder / "before-restore-20200101-000000.tar.gz").exists()


def test_page_tells_administrators(client, folder):
    client.force_login(UserFactory(is_superuser=True))
    assert "Det finns ingen än." in client.get(PAGE).content.decode()

    made(folder, timezone.localtime() - timedelta(days=3))
    text = client.get(PAGE).content.decode()
    assert "3\xa0dagar sedan" in text
    assert "inte krypterade" in text

    client.post(PAGE)
    assert waiting() == 1
    assert "En säkerhetskopia görs." in client.get(PAGE).content.decode()


def test_page_is_for_administrators_only(client):
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["crm", "wagtailadmin"]))
    client.force_login(user)
    assert PAGE not in client.get("/admin/").content.decode()
    assert client.get(PAGE).status_code == 302
    client.post(PAGE)
    assert waiting() == 0


def test_health_for_machines(client, folder, monkeypatch, logged_errors):
    assert client.get("/health/live").content == b"ok\n"
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "disk": "ok", "mail": "ok", "queue": "ok", "backup": "failing"}
    assert client.get("/health/ready?all").status_code == 503

    made(folder, timezone.localtime())
    assert client.get("/health/ready?all").status_code == 200

    monkeypatch.setattr("upkeep.health.ROOM", 10**18)
    assert client.get("/health/ready").status_code == 503


def test_work_without_a_worker_is_told(client, folder, logged_errors):
    made(folder, timezone.localtime())
    back_up.enqueue()
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=11))
    assert client.get("/health/ready").status_code == 200
    assert client.get("/health/ready?all").json()["checks"]["queue"] == "failing"


def test_mail_server_that_is_away_is_told_and_asked_once_a_minute(client, settings, folder, monkeypatch):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    asked = []
    monkeypatch.setattr("upkeep.health._mail_server_answers", lambda: asked.append(os.getpid()) or False)
    for _time in range(2):
        assert client.get("/health/ready").json()["checks"]["mail"] == "failing"
    assert len(asked) == 1
