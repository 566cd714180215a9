"""What holds for every file: the preview is the result, the same file twice changes nothing, and an undo leaves what was there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.importing import contacts
from crm.importing.jobs import check, confirm, match, undo_import, upload
from crm.importing.recognition import Recogniser
from crm.importing.wishes import Wishes
from crm.models import Contact, ImportJob
from crm.services.search import refresh_search_texts
from tests.dumps import dump
from tests.examples import many
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory

pytestmark = pytest.mark.django_db

HEADINGS = "Förnamn;Efternamn;E-post;E-post 2;Mobil;Telefon;Organisation;Roll;Titel;Från;Till;Publiceras;Anteckning"
# Few of each, so that rows meet: the same person twice, shared addresses, namesakes, changes of job.
NAMES = st.tuples(st.sampled_from(["Anna", "Åsa", "bo"]), st.sampled_from(["Berg", "Öberg", "ek"]))
EMAILS = st.sampled_from(["", "", "anna@skara.example", "ÅSA@skara.example", "info@skara.example", "bo@x.example", "fel"])
PHONES = st.sampled_from(["", "", "070-174 06 05", "+46701740606", "0511-320 00", "ring"])
PLACES = st.sampled_from(["", "Lärcentrum Skara", "lärcentrum skara", "Komvux Åmål", "Campus X"])
ROLES = st.sampled_from(["", "", "Rektor", "Lärare", "Kejsare"])
DAYS = st.sampled_from(["", "", "", "2014-08-15", "2016-06-30", "2018-01-08"])
ROWS = st.lists(
    st.tuples(
        NAMES, EMAILS, EMAILS, PHONES, PHONES, PLACES, ROLES, st.sampled_from(["", "Rektor", "Lärare"]), DAYS, DAYS,
        st.sampled_from(["", "ja", "nej"]), st.sampled_from(["", "ring före 10"]),
    ).map(lambda cells: ";".join([*cells[0], *cells[1:]])),
    min_size=1,
    max_size=7,
)  # fmt: skip
WISHES = st.builds(
    Wishes,
    create_organisations=st.booleans(),
    unknown_roles=st.sampled_from(["refuse", "title"]),
    new_organisation=st.sampled_from(["ask", "change", "add"]),
    by_domain=st.booleans(),
)


@pytest.fixture(autouse=True)
def _register():
    for name in ("Rektor", "Lärare"):
        RoleFactory(name=name)
    skara = OrganisationFactory(name="Lärcentrum Skara")
    OrganisationFactory(name="Komvux Åmål")
    EmailFactory(contact=None, organisation=skara, value="info@skara.example")
    anna = ContactFactory(first_name="Anna", last_name="Berg")
    EmailFactory(contact=anna, value="anna@skara.example", is_primary=True)
    AffiliationFactory(contact=anna, organisation=skara, role=None, since=None, until=None)


def checked(rows, wishes, *, headings=HEADINGS):
    content = "\r\n".join([headings, *rows]).encode()
    job = upload("contacts", content=content, filename="kontakter.csv", acting_user=None)
    return check(match(job, wishes=wishes))


def fates(job):
    """What the rows come to, with those that nobody decides counted as skipped."""
    return [
        (row.number, "skipped" if row.fate == "asked" else row.fate, row.changes, [] if row.question else row.messages)
        for row in job.rows.all()
    ]


@many(10)
@given(ROWS, WISHES, st.sampled_from([1, 2, 2000]))
def test_preview_is_the_result_and_undo_leaves_what_was(rows, wishes, part):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contacts.ContactImporter, "largest_part", part)
        before = dump()
        job = checked(rows, wishes)
        assert job.state == "checked", job.error
        preview = fates(job)
        assert dump() == before
        assert sum(job.counts.values()) == len(rows) == len(preview)

        job = confirm(job, acting_user=None)

        assert job.state == "done", job.error
        assert fates(job) == preview
        texts = dict(Contact.objects.values_list("pk", "search_text"))
        refresh_search_texts(Contact, list(texts))
        assert dict(Contact.objects.values_list("pk", "search_text")) == texts
        if job.change_set:
            undo_import(job, acting_user=None)
        assert dump() == before
        ImportJob.objects.all().delete()


@many(8)
@given(ROWS)
def test_same_file_twice_changes_nothing(rows):
    """Of files that say one thing of each person and role; one that says two is another file the second time."""
    seen, plain = set(), []
    for row in rows:
        first, last, *_rest = row.split(";")
        if (first, last) not in seen:
            seen.add((first, last))
            plain.append(row)
    before = dump()
    wishes = Wishes(create_organisations=True, unknown_roles="title", new_organisation="add")
    first = confirm(checked(plain, wishes), acting_user=None)
    after = dump()

    again = confirm(checked(plain, wishes), acting_user=None)

    assert (again.counts["created"], again.counts["changed"]) == (0, 0), [row.changes for row in again.rows.all()]
    assert dump() == after
    if first.change_set:
        undo_import(first, acting_user=None)
    assert dump() == before
    ImportJob.objects.all().delete()


@many(10)
@given(ROWS, ROWS, WISHES, st.sampled_from([1, 2, 2000]))
def test_rows_told_at_a_glance_come_to_what_the_long_way_finds(before, rows, wishes, part):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contacts.ContactImporter, "largest_part", part)
        earlier = confirm(checked(before, wishes), acting_user=None)
        rows = [*before[:3], *rows]

        at_a_glance = both_runs(rows, wishes)
        patch.setattr(Recogniser, "recognise", lambda *_: {})
        the_long_way = both_runs(rows, wishes)

        assert at_a_glance == the_long_way
        if earlier.change_set:
            undo_import(earlier, acting_user=None)
        ImportJob.objects.all().delete()


def both_runs(rows, wishes):
    """What rows come to when they are checked, and when they are imported; they are taken back afterwards."""
    job = checked(rows, wishes)
    looked, known = fates(job), set(Contact.objects.values_list("pk", flat=True))
    job = confirm(job, acting_user=None)
    written = fates(job), [number for number in job.rows.values_list("object_id", flat=True) if number in known]
    if job.change_set:
        undo_import(job, acting_user=None)
    return looked, written
