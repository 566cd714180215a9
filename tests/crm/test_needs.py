"""Training needs: survey files, matching to courses, which company it is, the list."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from crm.importing.jobs import check, confirm, upload
from crm.models import ImportJob, Match, Need, Organisation
from crm.services.guesses import guess_area, guess_level, guess_number, guess_period, guess_sector
from crm.services.matching import courses_for, distance, needs_for
from crm.services.needs import match_need
from crm.services.undo import undo
from crm.training import Area, Sector
from tests.crm.exports import export, table
from tests.crm.merges import merged
from tests.crm.spreadsheets import swedish_csv
from tests.crm.test_import_other import bring_in
from tests.dumps import dump
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    CourseFactory,
    EmailFactory,
    MunicipalityFactory,
    NeedFactory,
    OrganisationFactory,
    SeatRequestFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
AHEAD = datetime.date(2099, 3, 1)


def test_need_is_of_a_company_or_names_one():
    with pytest.raises(ValidationError, match="Välj ett företag"):
        Need(area="digital").full_clean()
    need = Need(area="digital", company_name="Plåt AB")
    need.full_clean()
    assert str(need) == "Plåt AB: Digital kompetens"


# Guesses


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("CNC-teknik", Area.INDUSTRY), ("Excel och kalkyl", Area.DIGITAL), ("sociala medier", Area.MARKETING), ("IT", Area.DIGITAL),
        ("värdskap på hotell", Area.HOSPITALITY), ("vård", Area.CARE), ("Svenska på jobbet", Area.LANGUAGES), ("dans", None), ("", None),
        ("sitter", None),
    ],
)  # fmt: skip
def test_area_is_guessed_by_beginnings_of_words(text, area):
    assert guess_area(text) == area


def test_sector_level_and_number_are_guessed():
    assert [guess_sector(text) for text in ("Besöksnäring", "Åkeri", "IT-konsult", "Cirkus")] == [
        Sector.HOSPITALITY, Sector.TRANSPORT, Sector.SERVICES, None,
    ]  # fmt: skip
    assert [guess_level(text) for text in ("SeQF 4", "nivå 5–6", "9", "14", "vet ej", 3)] == [4, 5, None, None, None, 3]
    assert [guess_number(text) for text in ("5", "ca 12 st", "5–10", "några")] == [5, 12, 5, None]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("hösten 2018", ("2018-07-01", "2018-12-31")), ("VT 2019", ("2019-01-01", "2019-06-30")), ("ht18", ("2018-07-01", "2018-12-31")),
        ("under 2018", ("2018-01-01", "2018-12-31")), ("så snart som möjligt", ("None", "None")), ("i höst", ("None", "None")),
    ],
)  # fmt: skip
def test_period_is_guessed(text, period):
    assert tuple(map(str, guess_period(text))) == period


# Files


SURVEY = (
    "Svar-ID;Svarsdatum;Företag;Organisationsnummer;Kommun;Bransch;Kompetensområde;SeQF-nivå;"
    "Antal personer;När;Kontaktperson;E-post;Kommentar"
)
ANSWERS = [
    "R-1;2018-02-01;Plåt AB;556036-0793;Åmål;Industri;CNC;SeQF 4;5;hösten 2018;Åsa Öberg;asa@plat.example;Vi byter styrsystem",
    "R-2;2018-02-02;Café Knut;;Åmåls kommun;Dans;Yoga;vet ej;några;snart;;inte en adress;",
]


def test_survey_answers_become_needs_and_the_second_time_changes_nothing():
    place = MunicipalityFactory(name="Åmål")
    known = OrganisationFactory(name="Plåt & Svets", kind="company", organisation_number="556036-0793")
    assert [fate for fate, _ in bring_in("needs", SURVEY, *ANSWERS)] == ["created"] * 2
    before = dump()
    assert [fate for fate, _ in bring_in("needs", SURVEY, *ANSWERS)] == ["unchanged"] * 2
    assert dump() == before
    one, two = Need.objects.order_by("answer_id")
    assert (one.organisation, one.source, one.state, one.received_on) == (known, "survey", "open", datetime.date(2018, 2, 1))
    assert (one.sector, one.area, one.level, one.people, str(one.since)) == ("industry", "industry", 4, 5, "2018-07-01")
    assert (one.contact, one.contact_name, one.contact_email) == (None, "Åsa Öberg", "asa@plat.example")
    new = two.organisation
    assert (new.name, new.kind, new.municipality, two.municipality) == ("Café Knut", "company", place, place)
    assert (two.area, two.sector, two.level, two.people, two.contact_email) == ("other", "", None, None, "")
    assert two.as_said == "Dans; Yoga; vet ej; några; inte en adress"


def test_same_answer_with_another_content_changes_its_need():
    MunicipalityFactory(name="Åmål")
    bring_in("needs", SURVEY, ANSWERS[0])
    assert bring_in("needs", SURVEY, ANSWERS[0].replace(";5;", ";8;")) == [("changed", "")]
    assert Need.objects.get().people == 8
    assert Organisation.objects.count() == 1


def test_english_headings_are_understood():
    bring_in("needs", "Response ID;Company;Area;Level;Number of people", "7;Plåt AB;Digital skills;5;3")
    need = Need.objects.get()
    assert (need.company, need.area, need.level, need.people, need.answer_id) == ("Plåt AB", "digital", 5, 3, "7")


def test_company_is_known_by_its_name_unless_its_number_says_otherwise():
    known = OrganisationFactory(name="Plåt AB", kind="company")
    bring_in("needs", "Företag;Behov", "plåt ab;Svets", "PLÅT AB;CNC")
    assert set(Need.objects.values_list("organisation", flat=True)) == {known.pk}
    Organisation.objects.filter(pk=known.pk).update(organisation_number="556036-0793")
    bring_in("needs", "Företag;Organisationsnummer;Behov", "Plåt AB;212000-1926;Excel")
    assert Organisation.objects.filter(name="Plåt AB").count() == 2
    result = bring_in("needs", "Företag;Behov", "Plåt AB;Word")
    assert (result[0][0], "mer än" in result[0][1]) == ("refused", True)


def test_two_answers_of_one_new_company_make_it_once():
    assert [fate for fate, _ in bring_in("needs", "Svar-ID;Företag", "1;Ny AB", "2;Ny AB")] == ["created"] * 2
    assert Organisation.objects.count() == 1


def test_contact_is_somebody_of_the_register_and_nobody_is_added():
    company = OrganisationFactory(name="Plåt AB")
    asa = AffiliationFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), organisation=company).contact
    bo = EmailFactory(contact=ContactFactory(), value="bo@plat.example").contact
    bring_in(
        "needs",
        "Svar-ID;Företag;Kontaktperson;E-post",
        "1;Plåt AB;åsa öberg;",
        "2;Plåt AB;Någon;bo@plat.example",
        "3;Plåt AB;Någon;x@y.example",
    )
    assert list(Need.objects.order_by("answer_id").values_list("contact", "contact_name")) == [(asa.pk, ""), (bo.pk, ""), (None, "Någon")]


def test_import_is_undone_with_the_companies_that_it_added(staff):
    MunicipalityFactory(name="Åmål")
    before = dump()
    job = confirm(
        check(upload("needs", content=swedish_csv(*ANSWERS, headings=SURVEY), filename="svar.csv", acting_user=staff)), acting_user=staff
    )
    assert (Need.objects.count(), Organisation.objects.count()) == (2, 2)
    undo(ImportJob.objects.get(pk=job.pk).change_set, acting_user=staff)
    assert dump() == before


def test_whoever_may_not_add_companies_imports_no_needs(client, staff):
    template = f'href="{reverse("register_import:template", args=["needs"])}"'
    assert template in _kinds(client, staff)
    staff.user_permissions.remove(staff.user_permissions.get(codename="add_organisation"))
    assert template not in _kinds(client, staff)


def _kinds(client, user):
    client.force_login(type(user).objects.get(pk=user.pk))
    return client.get("/admin/register/import/").content.decode()


def test_export_comes_back_unchanged(staff_client):
    place = MunicipalityFactory(name="Åmål")
    NeedFactory(
        organisation__name="Plåt AB",
        organisation__municipality=place,
        level=4,
        people=5,
        since=DAY,
        when="i höst",
        text="Svets",
        sector="industry",
    )
    (row,) = table(export(staff_client, "need"))
    assert (row["Företag"], row["Kommun"], row["SeQF-nivå"]) == ("Plåt AB", "Åmål", "SeQF 4 (gymnasium)")
    row.pop("Kommun")  # of the company
    assert bring_in("needs", ";".join(row), ";".join(row.values())) == [("unchanged", "")]


# Matching


def test_distance_between_municipalities():
    amal = MunicipalityFactory(latitude="59.0510", longitude="12.7050")
    boras = MunicipalityFactory(latitude="57.7210", longitude="12.9401")
    assert round(distance(amal, boras)) == 149
    assert distance(amal, MunicipalityFactory(latitude=None, longitude=None)) is None


def test_suggestion_says_why_and_the_best_comes_first():
    here = MunicipalityFactory(name="Åmål", latitude="59.0510", longitude="12.7050")
    far = MunicipalityFactory(name="Borås", latitude="57.7210", longitude="12.9401")
    need = NeedFactory(area="industry", level=4, people=3, since=AHEAD, until=AHEAD + datetime.timedelta(60), municipality=here)
    best = CourseFactory(
        title="Svets 1", area="industry", level=4, since=AHEAD, seats=5, format="on_site", provider=OrganisationFactory(municipality=here)
    )
    far_off = CourseFactory(title="Svets 2", area="industry", level=6, since=DAY, until=AHEAD.replace(year=2098), seats=5, format="on_site",
                            provider=OrganisationFactory(municipality=far))  # fmt: skip
    SeatRequestFactory(course=far_off, state="confirmed", seats=4)
    CourseFactory(title="Excel", area="digital", since=AHEAD)
    CourseFactory(title="Svets 3", area="industry", since=DAY)
    CourseFactory(title="Svets 4", area="industry", since=AHEAD, state="cancelled")
    CourseFactory(title="Svets 5", area="industry", since=AHEAD, archived_at=datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC))
    first, *others = courses_for(need)
    assert first.course == best
    assert first.sentence == (
        "Föreslås på grund av: samma område (Industri och teknik), önskad nivå (SeQF 4), inom önskad tid (börjar 2099-03-01), "
        "5 platser kvar, samma kommun (Åmål)."
    )
    assert [one.course for one in others] == [far_off]
    assert others[0].cautions == [
        "nivån är SeQF 6, inte 4", "den ges vid en annan tid (börjar 2018-03-01)",
        "för få platser kvar (1 av 3 som behövs)", "149 km bort (Borås)",
    ]  # fmt: skip


def test_on_line_and_without_limit_need_no_journey_and_no_seats():
    course = CourseFactory(area="digital", since=AHEAD, format="online", seats=None)
    (one,) = courses_for(NeedFactory(area="digital"))
    assert (one.course, one.reasons[1:]) == (course, ["obegränsat antal platser", "ingen resa (på webben)"])


def test_area_that_nobody_knows_is_matched_by_words():
    course = CourseFactory(title="Drönare i skogsbruk", area="other", since=AHEAD)
    need = NeedFactory(area="other", text="Vi vill använda drönare i skogen")
    assert [one.course for one in courses_for(need)] == [course]
    assert [one.need for one in needs_for(course)] == [need]
    assert courses_for(NeedFactory(area="other", text="Yoga")) == []


def test_proposed_course_is_not_suggested_again(staff):
    need, course = NeedFactory(), CourseFactory(area="digital", since=AHEAD)
    for _time in range(2):
        match_need(need, course, acting_user=staff)
    need.refresh_from_db()
    assert (need.state, Match.objects.count(), courses_for(need), needs_for(course)) == (Need.State.MATCHED, 1, [], [])


def test_met_need_keeps_its_state_when_one_more_course_is_proposed(staff):
    need = NeedFactory(state="met")
    match_need(need, CourseFactory(), acting_user=staff)
    assert need.state == Need.State.MET


# Pages


def test_page_proposes_a_course_and_the_message_undoes_it(staff_client):
    need, course = NeedFactory(text="Excel & Word"), CourseFactory(title="Excel", area="digital", since=AHEAD)
    page = staff_client.get(f"/admin/need/inspect/{need.pk}/").content.decode()
    assert "Excel &amp; Word" in page
    assert "samma område (Digital kompetens)" in page
    response = staff_client.post(f"/admin/need/match/{need.pk}/", {"course": course.pk}, follow=True)
    assert "är föreslagen för" in response.content.decode()
    assert "Ångra" in response.content.decode()
    assert [str(match.course) for match in need.matches.all()] == ["Excel"]
    back = staff_client.post(f"/admin/need/match/{need.pk}/", {"course": course.pk, "back": "course"})
    assert back.url == f"/admin/course/inspect/{course.pk}/"
    assert staff_client.post(f"/admin/need/match/{need.pk}/", {"course": "x"}).status_code == 302
    assert staff_client.post(f"/admin/need/match/{need.pk}/", {"course": "999999"}).status_code == 404


def test_unknown_company_is_suggested_and_chosen(staff_client):
    company = OrganisationFactory(name="Åmåls Plåt AB", kind="company")
    need = NeedFactory(organisation=None, company_name="Plåt i Åmål", state="new", contact_email="Asa@plat.example")
    asa = EmailFactory(contact=ContactFactory(), value="asa@plat.example").contact
    response = staff_client.get(f"/admin/need/inspect/{need.pk}/")
    assert [one for one, _link in response.context["candidates"]] == [company]
    staff_client.post(f"/admin/need/company/{need.pk}/", {"organisation": company.pk})
    need.refresh_from_db()
    assert (need.organisation, need.contact, need.state, need.company_name) == (company, asa, Need.State.OPEN, "Plåt i Åmål")


def test_unknown_company_is_added_by_a_click_and_once(staff_client):
    place = MunicipalityFactory(name="Åmål")
    need = NeedFactory(organisation=None, company_name="Plåt AB", company_number="556036-0793", municipality=place, state="new")
    staff_client.post(f"/admin/need/company/{need.pk}/", {"new": "1"})
    response = staff_client.post(f"/admin/need/company/{need.pk}/", {"new": "1"}, follow=True)
    assert "Någon annan har just" in response.content.decode()
    company = Organisation.objects.get()
    assert (company.name, company.organisation_number, company.municipality, company.kind) == ("Plåt AB", "556036-0793", place, "company")
    other = NeedFactory(organisation=None, company_name="Plåt", company_number="556036-0793")
    response = staff_client.post(f"/admin/need/company/{other.pk}/", {"new": "1"}, follow=True)
    assert "finns redan i registret" in response.content.decode()


def test_list_is_narrowed_down(staff_client):
    place = MunicipalityFactory(name="Åmål", subregion="Fyrbodal")
    one = NeedFactory(
        organisation__name="Plåt AB",
        organisation__municipality=place,
        sector="industry",
        level=4,
        received_on=DAY,
        contact=ContactFactory(),
    )
    two = NeedFactory(
        organisation=None, company_name="Café Knut", state="new", source="form", area="hospitality", municipality=MunicipalityFactory()
    )
    match_need(one, CourseFactory(), acting_user=None)
    first, second = str(one), str(two)
    for query, found in [
        ("state=new", {second}),
        ("source=form", {second}),
        ("known=no", {second}),
        ("known=yes", {first}),
        ("area=hospitality", {second}),
        ("sector=industry", {first}),
        ("level=4", {first}),
        ("matched=yes", {first}),
        ("matched=no", {second}),
        (f"municipality={place.pk}", {first}),
        ("subregion=Fyrbodal", {first}),
        (f"organisation={one.organisation_id}", {first}),
        (f"contact={one.contact_id}", {first}),
        ("year=2017/2018", {first}),
        ("q=plat amal", {first}),
        ("q=cafe", {second}),
        ("", {first, second}),
    ]:
        assert {str(need) for need in staff_client.get(f"/admin/need/?{query}").context["object_list"]} == found, query


@pytest.mark.parametrize("group", ["", "state", "area", "sector", "level", "source", "organisation", "municipality"])
def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries, group):
    def make():
        NeedFactory(contact=ContactFactory(), municipality=MunicipalityFactory(), level=4, sector="retail")

    columns = "state,level,people,when,source,received_on,organisation,contact,area,sector,municipality,text,matched,since,until,answer_id"
    address = f"/admin/need/?group={group}&columns={columns}"
    make()
    staff_client.get(address)
    with django_assert_max_num_queries(30) as few:
        staff_client.get(address)
    for _number in range(5):
        make()
    with django_assert_max_num_queries(30) as many:
        assert staff_client.get(address).status_code == 200
    assert len(many) == len(few)


def test_onlooker_looks_and_changes_nothing(onlooker_client):
    need, course = NeedFactory(organisation=None, company_name="Plåt AB"), CourseFactory(area="digital", since=AHEAD)
    page = onlooker_client.get(f"/admin/need/inspect/{need.pk}/").content.decode()
    assert "Plåt AB" in page
    assert "/admin/need/company/" not in page
    for address, data in [("match", {"course": course.pk}), ("company", {"new": "1"})]:
        assert onlooker_client.post(f"/admin/need/{address}/{need.pk}/", data).status_code == 302
    assert (Match.objects.exists(), Organisation.objects.filter(name="Plåt AB").exists()) == (False, False)


def test_merged_company_takes_its_needs_along(staff):
    kept, other = OrganisationFactory(name="Plåt AB"), OrganisationFactory(name="Plåt")
    need = NeedFactory(organisation=other)
    merged(kept, other, by=staff)
    need.refresh_from_db()
    assert need.organisation == kept
