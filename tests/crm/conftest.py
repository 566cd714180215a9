import pytest
from django.contrib.auth.models import Permission

from tests.factories.crm import UserFactory


@pytest.fixture
def staff(db):
    """Somebody who may do everything with the register, and nothing else."""
    user = UserFactory(username="personal")
    permissions = Permission.objects.filter(content_type__app_label="crm")
    user.user_permissions.set([*permissions, Permission.objects.get(codename="access_admin")])
    return user


@pytest.fixture
def onlooker(db):
    """Somebody who may see the register and change nothing."""
    user = UserFactory(username="styrelse")
    permissions = Permission.objects.filter(content_type__app_label="crm", codename__startswith="view_")
    user.user_permissions.set([*permissions, Permission.objects.get(codename="access_admin")])
    return user


@pytest.fixture
def staff_client(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def onlooker_client(client, onlooker):
    client.force_login(onlooker)
    return client
