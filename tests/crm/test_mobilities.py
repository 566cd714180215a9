"""Mobilities: the list, the form, files, and what the pages of projects, contacts and organisations tell of them."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.models import ChangeSet, Mobility
from crm.services.undo import undo
from tests.crm.exports import export, table
from tests.crm.test_import_other import bring_in
from tests.factories.crm import (
    ContactFactory,
    EmailFactory,
    MobilityFactory,
    OrganisationFactory,
    PartnerFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
WEEK = datetime.timedelta(days=7)


def listed(client, query=""):
    return {str(one) for one in client.get(f"/admin/mobility/?{query}").context["object_list"]}


def sections(client, record):
    response = client.get(f"/admin/{record._meta.model_name}/inspect/{record.pk}/")
    return {section.key: section for section in response.context["sections"]}


def test_somebody_has_to_travel_and_once_under_a_name():
    one = MobilityFactory(participant="Elev 17")
    with pytest.raises(ValidationError, match="vem som reser"):
        Mobility(project=one.project, sending=one.sending).full_clean()
    with pytest.raises(ValidationError, match="heter redan"):
        Mobility(project=one.project, sending=one.sending, participant="Elev 17").full_clean()
    Mobility(project=ProjectFactory(), sending=one.sending, participant="Elev 17").full_clean()
    assert str(one) == "Elev 17"
    assert str(MobilityFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"))) == "Åsa Öberg"


def test_list_is_narrowed_down(staff_client):
    centre, school = OrganisationFactory(name="Komvux Åmål"), OrganisationFactory(name="Escuela")
    one = MobilityFactory(participant="A1", sending=centre, receiving=school, since=DAY, state="travelled")
    MobilityFactory(participant="B2", kind="job_shadowing")
    for query, found in [
        (f"project={one.project_id}", {"A1"}),
        ("state=travelled&state=reported", {"A1"}),
        ("kind=job_shadowing", {"B2"}),
        (f"sending={centre.pk}", {"A1"}),
        (f"receiving={school.pk}", {"A1"}),
        ("year=2017/2018", {"A1"}),
        ("q=åmål", {"A1"}),
        ("q=b2", {"B2"}),
        ("", {"A1", "B2"}),
    ]:
        assert listed(staff_client, query) == found, query


@pytest.mark.parametrize("group", ["", "state", "project", "sending", "receiving"])
def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries, group):
    def make():
        MobilityFactory(contact=ContactFactory(), receiving=OrganisationFactory(), since=DAY)

    address = f"/admin/mobility/?group={group}&columns=state,sending,receiving,since,until,project,kind,country,note"
    make()
    staff_client.get(address)
    with django_assert_max_num_queries(27) as few:
        staff_client.get(address)
    for _number in range(10):
        make()
    with django_assert_max_num_queries(27) as many:
        assert staff_client.get(address).status_code == 200
    assert len(many) == len(few)


def test_staff_adds_one_that_the_address_has_begun(staff_client):
    project, centre = ProjectFactory(), OrganisationFactory()
    form = staff_client.get(f"/admin/mobility/new/?project={project.pk}&sending={centre.pk}").context["form"]
    assert (form["project"].value(), form["sending"].value()) == (project.pk, centre.pk)
    data = {
        "project": project.pk, "sending": centre.pk, "kind": "placement", "state": "granted", "participant": "Elev 1",
        "contact": "", "receiving": "", "since": "", "until": "", "note": "",
    }  # fmt: skip
    assert staff_client.post("/admin/mobility/new/", data).status_code == 302
    one = Mobility.objects.get()
    assert (one.project, one.sending, one.state) == (project, centre, "granted")
    staff_client.post(f"/admin/mobility/delete/{one.pk}/")
    one.refresh_from_db()
    assert one.is_archived
    assert listed(staff_client) == set()
    assert staff_client.get(f"/admin/mobility/peek/{one.pk}/").status_code == 200


def test_onlooker_looks_and_changes_nothing(onlooker_client):
    one = MobilityFactory(participant="A1")
    assert listed(onlooker_client) == {"A1"}
    assert onlooker_client.get("/admin/mobility/new/").status_code == 302
    assert onlooker_client.post(f"/admin/mobility/edit/{one.pk}/", {"participant": "X"}).status_code == 302
    assert onlooker_client.post(f"/admin/mobility/delete/{one.pk}/").status_code == 302
    one.refresh_from_db()
    assert (one.participant, one.is_archived) == ("A1", False)


HEADINGS = "Projekt;Vem som reser;Typ;Läge;Sändande partner;Mottagande partner;Från;Till;Förnamn;Efternamn;E-post"


def test_mobilities_come_from_a_file_and_change_with_the_next():
    ProjectFactory(name="Utlandspraktik", short_name="Bron")
    OrganisationFactory(name="Komvux"), OrganisationFactory(name="Escuela")
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    rows = [
        "Bron;Elev 1;Praktik;Beviljad;Komvux;;;;;;",
        "Bron;;Jobbskuggning;Planerad;Komvux;Escuela;2018-03-01;;Åsa;Öberg;asa@amal.example",
    ]
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("mobilities", HEADINGS, *rows)] == [fate] * 2
    travelled = "Bron;Elev 1;Praktik;Genomförd;Komvux;Escuela;2018-03-01;2018-03-21;;;"
    assert bring_in("mobilities", HEADINGS, travelled) == [("changed", "")]
    assert Mobility.objects.get(participant="Elev 1").state == Mobility.State.TRAVELLED
    assert Mobility.objects.get(contact=contact).kind == Mobility.Kind.JOB_SHADOWING


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Bron;;Praktik;Beviljad;Komvux;;;;;;", "vem som reser"),
        ("Bron;A1;Praktik;Beviljad;;;;;;;", "Sändande partner: saknas"),
        ("Bron;A1;Praktik;På gång;Komvux;;;;;;", "Redovisad"),
        ("Bron;A1;Praktik;Beviljad;Komvux;;2018-03-01;2018-02-01;;;", "före första dagen"),
        ("Ön;A1;Praktik;Beviljad;Komvux;;;;;;", "Det finns inget projekt"),
    ],
)
def test_refused_row_says_why(row, reason):
    ProjectFactory(name="Bron"), OrganisationFactory(name="Komvux")
    ((fate, messages),) = bring_in("mobilities", HEADINGS, row)
    assert (fate, reason in messages) == ("refused", True), messages
    assert not Mobility.objects.exists()


def test_export_names_project_partners_and_country(staff_client):
    school = OrganisationFactory(name="Escuela", country="ES")
    MobilityFactory(participant="A1", project__name="Bron", sending__name="Komvux", receiving=school)
    (row,) = table(export(staff_client, "mobility", fields=["project", "participant", "sending", "receiving", "country"]))
    assert list(row.values()) == ["Bron", "A1", "Komvux", "Escuela", "Spanien"]


def test_page_of_a_project_counts_by_sending_partner_and_state(staff_client):
    project = ProjectFactory()
    centre = PartnerFactory(project=project, kind="sending", places=4).organisation
    idle = PartnerFactory(project=project, kind="sending", places=2).organisation
    for state in ("granted", "planned", "travelled", "travelled", "reported"):
        MobilityFactory(project=project, sending=centre, state=state)
    MobilityFactory(project=project, sending=centre, archived_at="2018-03-01T12:00+01:00")
    MobilityFactory(sending=centre)
    values = sections(staff_client, project)["mobilities"].values
    assert [(row.organisation, row.places, row.numbers, row.total) for row in values["tables"][0]["rows"]] == [
        (centre, 4, [1, 1, 2, 1], 5),
        (idle, 2, [0, 0, 0, 0], 0),
    ]
    table = values["tables"][0]
    assert (table["places"], table["sums"], table["total"]) == (6, [1, 1, 2, 1], 5)


def test_pages_of_traveller_and_sender_tell_of_the_journey(staff_client):
    one = MobilityFactory(contact=ContactFactory(last_name="Öberg"), participant="", since=DAY, project__name="Bron")
    for record in (one.contact, one.sending):
        assert sections(staff_client, record)["mobilities"].values["mobilities"] == [one]
    page = staff_client.get(f"/admin/organisation/inspect/{one.sending_id}/").content.decode()
    assert "Bron" in page
    assert "mobilities" not in sections(staff_client, ContactFactory())


def test_history_calls_it_after_who_travels(staff_client):
    one = MobilityFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), participant="")
    for record in (one, one.project, one.contact):
        response = staff_client.get(f"/admin/{record._meta.model_name}/history/{record.pk}/")
        assert "Åsa Öberg" in response.content.decode()


# As of a day, in the palette and the timeline, among what is removed


def test_list_tells_who_is_away_on_a_day(staff_client):
    project = ProjectFactory()
    days = {
        "Borta": (DAY, DAY),
        "Enkel": (DAY, None),
        "Hemma": (DAY - WEEK, DAY - WEEK),
        "Sedan": (DAY + WEEK, None),
        "Odaterad": (None, None),
    }
    for name, (since, until) in days.items():
        MobilityFactory(project=project, participant=name, since=since, until=until)
    for when, names in [
        ("away", {"Borta", "Enkel"}),
        ("home", {"Hemma"}),
        ("coming", {"Sedan"}),
        ("undated", {"Odaterad"}),
        ("", set(days)),
    ]:
        assert listed(staff_client, f"on={DAY}&when={when}") == names, when
    assert listed(staff_client, f"on={DAY - WEEK}&when=away") == {"Hemma"}


def test_as_of_a_day_what_was_archived_later_is_there(staff_client):
    MobilityFactory(participant="A1", archived_at="2018-03-05T12:00+01:00")
    assert listed(staff_client, f"on={DAY}") == {"A1"}
    assert listed(staff_client) == set()


def test_palette_finds_by_code_and_partner(staff_client):
    one = MobilityFactory(participant="E17-001", sending__name="Komvux Åmål", project__name="Bron", state="planned")
    MobilityFactory(participant="E17-002")
    for query in ("e17-001", "åmål"):
        page = staff_client.get("/admin/palette/results/", {"q": query}).content.decode()
        assert f"/admin/mobility/edit/{one.pk}/" in page
        assert "Bron · Komvux Åmål · Planerad" in page
        assert "E17-002" not in page


def test_palette_leads_an_onlooker_to_the_list(onlooker_client):
    MobilityFactory(participant="E17-001")
    page = onlooker_client.get("/admin/palette/results/", {"q": "e17-001"}).content.decode()
    assert "/admin/mobility/?q=E17-001" in page


def told(client, record):
    response = client.get(f"/admin/{record._meta.model_name}/inspect/{record.pk}/")
    return [item.title for _month, items in response.context["timeline"].months for item in items]


def test_timeline_tells_of_journeys_that_took_place(staff_client):
    contact = ContactFactory(first_name="Åsa", last_name="Öberg")
    school = OrganisationFactory(name="Escuela")
    values = {"project": ProjectFactory(name="Bron"), "sending": OrganisationFactory(name="Komvux"), "receiving": school, "since": DAY}
    one = MobilityFactory(contact=contact, participant="", state="travelled", **values)
    MobilityFactory(participant="E1", state="planned", **values)
    assert "Reste till Escuela inom projektet Bron" in told(staff_client, contact)
    assert "Åsa Öberg reste till Escuela inom projektet Bron" in told(staff_client, one.sending)
    assert "Åsa Öberg kom från Komvux inom projektet Bron" in told(staff_client, school)
    assert not [title for title in told(staff_client, school) if title.startswith("E1")]
    assert sections(staff_client, school)["mobilities"].values["mobilities"] == list(Mobility.objects.all())


def test_deleted_one_is_found_by_code_and_by_who_travelled(staff_client):
    contact = ContactFactory(first_name="Åsa", last_name="Öberg")
    for one in (MobilityFactory(participant="E17-001"), MobilityFactory(contact=contact, participant="")):
        one.delete()
    assert "E17-001" in staff_client.get("/admin/register/removed/?q=e17-001").content.decode()
    assert "Öberg" in staff_client.get("/admin/register/removed/?q=oberg&state=deleted").content.decode()


# Many at once


def change_states(client, step, *chosen, **values):
    data = {
        "action": "mobility-state",
        "pk": [one.pk for one in chosen],
        "step": step,
        "state": "travelled",
        "since": "",
        "until": "",
        **values,
    }
    return client.post("/admin/mobility/bulk/", data)


def test_many_travel_at_once_and_it_is_undone(staff_client, staff):
    dated, undated = MobilityFactory(state="planned", since=DAY), MobilityFactory(state="granted")
    there = MobilityFactory(state="travelled", since=DAY, until=DAY + WEEK)
    late = MobilityFactory(state="planned", since=DAY + 2 * WEEK)
    values = {"since": "", "until": str(DAY + WEEK)}
    chosen = (dated, undated, there, late)
    preview = change_states(staff_client, "preview", *chosen, **values)
    plan = preview.context["plan"]
    assert (set(plan.changes), plan.already) == ({dated.pk, undated.pk}, 1)
    assert list(plan.left_out) == ["skulle komma hem före avresan"]
    assert Mobility.objects.filter(state="travelled").count() == 1
    done = change_states(staff_client, "do", *chosen, mark=plan.mark, **values)
    assert done.status_code == 302
    dated.refresh_from_db(), undated.refresh_from_db()
    assert (dated.state, dated.since, dated.until) == ("travelled", DAY, DAY + WEEK)
    assert (undated.state, undated.since, undated.until) == ("travelled", None, DAY + WEEK)
    undo(ChangeSet.objects.get(cause=ChangeSet.Cause.BULK_EDIT), acting_user=staff)
    dated.refresh_from_db()
    assert (dated.state, dated.until) == ("planned", None)


def test_impossible_days_are_refused_before_anything_is_planned(staff_client):
    page = change_states(staff_client, "preview", MobilityFactory(), since="2018-03-02", until="2018-03-01")
    assert "until" in page.context["form"].errors


def test_onlooker_changes_no_states(onlooker_client):
    one = MobilityFactory()
    assert 'name="pk"' not in onlooker_client.get("/admin/mobility/").content.decode()
    assert change_states(onlooker_client, "do", one).status_code in (302, 403)
    one.refresh_from_db()
    assert one.state == "granted"


def test_many_are_archived_and_exported_at_once(staff_client):
    one, other = MobilityFactory(participant="A1"), MobilityFactory(contact=ContactFactory(), participant="")
    page = staff_client.post("/admin/mobility/bulk/", {"action": "archive", "pk": [one.pk, other.pk]})
    staff_client.post(
        "/admin/mobility/bulk/", {"action": "archive", "pk": [one.pk, other.pk], "step": "do", "mark": page.context["plan"].mark}
    )
    assert listed(staff_client) == set()
    response = staff_client.post("/admin/mobility/bulk/", {"action": "export", "pk": [one.pk]})
    assert response["Location"].endswith(f"only={one.pk}")
