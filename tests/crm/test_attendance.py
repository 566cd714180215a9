"""The attendance list of a meeting: one tap each, with and without a script."""

import pytest

from crm.models import Contact, Participation
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    NetworkFactory,
    ParticipationFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db

How = Participation.How


@pytest.fixture
def activity():
    return ActivityFactory(network=NetworkFactory(), kind="meeting")


@pytest.fixture
def url(activity):
    return f"/admin/activity/meeting/{activity.pk}/attendance/"


def listed(activity, how=How.INVITED, **values):
    return ParticipationFactory(activity=activity, contact=ContactFactory(**values), organisation=None, how=how)


def tap(client, url, participation, how):
    return client.post(url, {"mark": f"{participation.pk}:{how}"}, headers={"accept": "application/json"})


def test_tap_is_saved_at_once_and_answers_with_the_counts(staff_client, activity, url):
    one = listed(activity)
    listed(activity)
    answer = tap(staff_client, url, one, "attended")
    assert answer.json() == {
        "counts": {"attended": 1, "stayed_away": 0, "unnamed": 0, "came": 1, "listed": 2},
        "pk": one.pk,
        "how": "attended",
    }
    one.refresh_from_db()
    assert one.how == How.ATTENDED


def test_without_a_script_it_is_a_page(staff_client, activity, url):
    one = listed(activity)
    answer = staff_client.post(url, {"mark": f"{one.pk}:stayed_away"})
    assert answer["Location"] == f"{url}#p{one.pk}"
    assert f'value="{one.pk}:attended"' in staff_client.get(url).content.decode()


@pytest.mark.parametrize("before", [How.REGISTERED, How.DECLINED, How.INVITED])
def test_second_tap_brings_back_what_stood_there(staff_client, activity, url, before):
    one = listed(activity, before)
    for how in ("attended", "stayed_away", "attended", ""):
        tap(staff_client, url, one, how)
    one.refresh_from_db()
    assert one.how == before


def test_only_what_one_can_tap_is_written(staff_client, activity, url):
    one, elsewhere = listed(activity), listed(ActivityFactory())
    tap(staff_client, url, one, "registered")
    assert tap(staff_client, url, elsewhere, "attended").status_code == 404
    for value in ("", "x", "x:attended", "9" * 30 + ":attended"):
        assert staff_client.post(url, {"mark": value}).status_code == 404, value
    assert set(Participation.objects.values_list("how", flat=True)) == {How.INVITED}


def test_people_without_a_name_stay_when_others_are_marked(staff_client, activity, url):
    one = listed(activity)
    staff_client.post(url, {"unnamed": "20"})
    tap(staff_client, url, one, "attended")
    activity.refresh_from_db()
    assert activity.head_count == 21
    tap(staff_client, url, one, "stayed_away")
    for step in ("+1", "-1", "-1"):
        staff_client.post(url, {"unnamed": step})
    activity.refresh_from_db()
    assert activity.head_count == 19
    for number in ("0", "-1"):
        staff_client.post(url, {"unnamed": number})
        activity.refresh_from_db()
        assert activity.head_count is None
    staff_client.post(url, {"unnamed": "nonsense"})
    activity.refresh_from_db()
    assert activity.head_count is None


def test_somebody_of_the_register_is_found_and_added_once(staff_client, activity, url):
    contact = ContactFactory(first_name="Åsa", last_name="Öberg")
    place = AffiliationFactory(contact=contact).organisation
    page = staff_client.get(f"{url}?q=oberg").content.decode()
    assert f'name="add" value="{contact.pk}"' in page
    for _tap in range(2):
        staff_client.post(url, {"add": str(contact.pk)})
    one = Participation.objects.get()
    assert (one.contact, one.organisation, one.how) == (contact, place, How.ATTENDED)
    assert "På listan" in staff_client.get(f"{url}?q=oberg").content.decode()


def test_somebody_new_comes_into_the_register(staff_client, activity, url):
    organisation = SeatFactory(network=activity.network).organisation
    data = {"newcomer": "1", "first_name": "Ny", "last_name": "Person", "email": "Ny@Kommun.example", "organisation": organisation.pk}
    staff_client.post(url, data)
    contact = Contact.objects.get()
    assert (str(contact), contact.email, contact.affiliations.get().organisation) == ("Ny Person", "Ny@Kommun.example", organisation)
    assert Participation.objects.get().contact == contact
    staff_client.post(url, data)
    assert Contact.objects.count() == Participation.objects.count() == 1


def test_new_person_with_a_known_address_is_that_contact(staff_client, activity, url):
    known = EmailFactory(value="asa@kommun.example").contact
    staff_client.post(url, {"newcomer": "1", "first_name": "Åsa", "last_name": "Nygift", "email": "asa@kommun.example"})
    assert Participation.objects.get().contact == known
    assert Contact.objects.count() == 1


def test_bad_address_of_somebody_new_is_told(staff_client, activity, url):
    page = staff_client.post(url, {"newcomer": "1", "first_name": "Ny", "last_name": "Person", "email": "ny@@kommun"})
    assert "är ingen e-postadress" in page.content.decode()
    assert not Contact.objects.exists()


def test_cancelled_meeting_has_no_list(staff_client, activity, url):
    activity.cancelled_on = activity.day
    activity.save()
    assert staff_client.get(url).status_code == 404
