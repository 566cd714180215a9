"""Meetings of a network: called, changed, cancelled; who came, and who has missed the last two."""

import datetime

import pytest

from crm.models import Activity, Participation
from tests.factories.crm import ActivityFactory, ContactFactory, NetworkFactory, OrganisationFactory, ParticipationFactory, SeatFactory

pytestmark = pytest.mark.django_db

How = Participation.How


def test_pages_open(staff_client):
    network = NetworkFactory()
    SeatFactory(network=network, contact=ContactFactory())
    activity = ActivityFactory(network=network, kind="meeting")
    ParticipationFactory(activity=activity, contact=ContactFactory(), organisation=OrganisationFactory())
    for url in (
        f"/admin/network/inspect/{network.pk}/",
        f"/admin/network/inspect/{network.pk}/?on=2018-01-01",
        f"/admin/network/call/{network.pk}/",
        f"/admin/activity/meeting/{activity.pk}/",
        f"/admin/activity/meeting/{activity.pk}/?edit=text",
        f"/admin/activity/meeting/{activity.pk}/attendance/",
        f"/admin/activity/meeting/{activity.pk}/attendance/?q=x",
        f"/admin/activity/meeting/{activity.pk}/call/",
        f"/admin/activity/meeting/{activity.pk}/change/",
        f"/admin/activity/meeting/{activity.pk}/cancel/",
        f"/admin/activity/meeting/{activity.pk}/minutes/",
        "/admin/activity/?cancelled=no",
        f"/admin/contact/?missed={network.pk}",
        f"/admin/organisation/?missed={network.pk}",
    ):
        assert staff_client.get(url).status_code == 200, url
