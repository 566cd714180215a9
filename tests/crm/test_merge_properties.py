"""What holds for any two records: the plan is what is written, and separating them leaves what was there before."""

import datetime

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crm.models import Contact, ContactPoint, Membership, Organisation
from crm.services.merge_plans import plan_merge
from crm.services.merge_rules import relations_to
from crm.services.merges import merge
from crm.services.undo import plan_undo, undo
from newsletter.models import Delivery, Mailing
from tests.crm.merges import planned, written
from tests.dumps import dump
from tests.examples import many
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    DocumentFactory,
    EmailFactory,
    FeeFactory,
    HoldingFactory,
    LicenceFactory,
    MembershipFactory,
    MobilityFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectRoleFactory,
    RoleFactory,
    SeatFactory,
    SegmentExceptionFactory,
    SegmentFactory,
    TagFactory,
    TaggingFactory,
    TaskFactory,
)
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

FIRST, SECOND = datetime.date(2017, 8, 1), datetime.date(2018, 3, 1)
SIDES = st.sampled_from(["kept", "gone", "third"])
DAYS = st.sampled_from([None, FIRST, SECOND])
TEXTS = st.sampled_from(["", "ett", "två"])
NUMBER = st.integers(0, 1)
ADDRESSES = st.sampled_from(["a@x.example", "b@x.example", "c@x.example"])

# Few of each, so that the rows of both sides meet.
ROLES = st.lists(st.tuples(SIDES, NUMBER, NUMBER, DAYS, TEXTS, st.booleans(), DAYS), max_size=5)
POINTS = st.lists(st.tuples(SIDES, ADDRESSES, st.sampled_from(["works", "bounced", "historical"]), st.booleans()), max_size=6)
KINDS = ["tag", "segment", "task", "document", "seat", "participation", "holding", "project", "mobility"]
LINES = st.lists(st.tuples(SIDES, st.sampled_from(KINDS), NUMBER), max_size=8)
LETTERS = st.lists(st.tuples(SIDES, st.sampled_from(["active", "pending", "unsubscribed"]), st.booleans()), max_size=4)
CHOICES = st.dictionaries(
    st.sampled_from(["first_name", "note", "name", "quick_facts", "points-email"]),
    st.sampled_from(["kept", "gone", "both", "both:kept", "both:gone", "only:kept", "only:gone", "senseless"]),
    max_size=3,
)
GRAPHS = st.tuples(ROLES, POINTS, LINES, LETTERS, CHOICES, TEXTS, TEXTS)
# An example takes long enough; looking for a smaller one would take minutes.
EXAMPLES = settings(many(10), phases=[Phase.generate])


class Graph:
    """Two records of a model, a third of the same, and what the lists say of all three."""

    def __init__(self, model, roles, points, lines, letters, choices, note, facts):
        self.model = model
        make = ContactFactory if model is Contact else OrganisationFactory
        self.records = {name: make(note=note if name == "gone" else facts) for name in ("kept", "gone", "third")}
        self.owner = model._meta.model_name
        self.choices = {name: self.named(choice) for name, choice in choices.items()}
        self.others = [(OrganisationFactory if model is Contact else ContactFactory)() for _number in range(2)]
        self.make_roles(roles)
        self.make_points(points)
        self.make_lines(lines)
        if model is Contact:
            self.make_letters(letters)
        else:
            self.make_money(letters)

    @property
    def kept(self):
        return self.model.objects.get(pk=self.records["kept"].pk)

    @property
    def gone(self):
        return self.model.objects.get(pk=self.records["gone"].pk)

    def named(self, choice):
        for name in ("kept", "gone"):
            choice = choice.replace(name, str(self.records[name].pk))
        return choice

    def own(self, side):
        return {"contact": None, "organisation": None, self.owner: self.records[side]}

    def make_roles(self, roles):
        kinds = [RoleFactory(), None]
        other = "organisation" if self.model is Contact else "contact"
        self.roles = []
        for side, whom, kind, since, title, is_public, confirmed_at in roles:
            ends = {self.owner: self.records[side], other: self.others[whom]}
            role = AffiliationFactory(
                **ends, role=kinds[kind], since=since, title=title, is_public=is_public, confirmed_at=confirmed_at, confirmed_by=title
            )
            self.roles.append(role)

    def make_points(self, points):
        held = set()
        for side, value, status, is_primary in points:
            if (side, value) in held:
                continue
            bound = [role for role in self.roles if role.contact_id == self.records[side].pk] if self.model is Contact else []
            is_first = is_primary and not any(one == side for one, _value in held)
            role = bound[0] if bound and not is_primary else None
            EmailFactory(**self.own(side), value=value, status=status, is_primary=is_first, affiliation=role)
            held.add((side, value))

    def make_lines(self, lines):
        tags, segments = [TagFactory(), TagFactory()], [SegmentFactory(), SegmentFactory()]
        networks, activities = [NetworkFactory(), NetworkFactory()], [ActivityFactory(), ActivityFactory()]
        licences, projects = [LicenceFactory(), LicenceFactory()], [ProjectFactory(), ProjectFactory()]
        held = set()
        for place, (side, kind, number) in enumerate(lines):
            own = self.own(side)
            if kind == "tag" and (kind, side, number) not in held:
                TaggingFactory(**own, tag=tags[number])
            elif kind == "segment" and self.model is Contact and (kind, side, number) not in held:
                SegmentExceptionFactory(contact=own["contact"], segment=segments[number], is_in=bool(place % 2), reason=str(place))
            elif kind == "task":
                TaskFactory(**own)
            elif kind == "document":
                DocumentFactory(**own)
            elif kind == "seat":
                SeatFactory(**own, network=networks[number], since=[None, FIRST][place % 2])
            elif kind == "participation":
                ParticipationFactory(**own, activity=activities[number], how=["invited", "attended"][place % 2])
            elif kind == "holding":
                HoldingFactory(**own, licence=licences[number], since=[None, FIRST][place % 2], confirmed_at=[None, SECOND][number])
            elif kind == "project":
                self.make_place(self.records[side], projects[number], [None, FIRST][place % 2])
            elif kind == "mobility":
                MobilityFactory(**{"contact" if self.model is Contact else "sending": self.records[side]}, project=projects[number])
            held.add((kind, side, number))

    def make_place(self, record, project, since):
        """A place in a project; an organisation also pays for another one."""
        if self.model is Contact:
            ProjectRoleFactory(contact=record, project=project, since=since)
        else:
            PartnerFactory(organisation=record, project=project, since=since)
            ProjectFactory(funder=record, lead=record)

    def make_letters(self, letters):
        mailing = Mailing.objects.create(newsletter=NewsletterFactory(), subject="Höst")
        for place, (side, state, is_sent) in enumerate(letters):
            left_at = datetime.datetime(2018, 3, 1, place, tzinfo=datetime.UTC) if state == "unsubscribed" else None
            one = SubscriptionFactory(contact=self.records[side], state=state, unsubscribed_at=left_at, consent_text="Ja")
            if is_sent:
                Delivery.objects.create(
                    mailing=mailing, contact=one.contact, subscription=one, email=one.email, normalised=one.normalised, state="sent"
                )

    def make_money(self, letters):
        """The same membership on both sides, or one of them alone, with the fees of some years; and units."""
        for side in sorted({side for side, _state, _is_sent in letters}):
            membership = MembershipFactory(organisation=self.records[side])
            for number in {len(state) for one, state, _is_sent in letters if one == side}:
                FeeFactory(membership=membership, year=2000 + number, amount=100)
            OrganisationFactory(parent=self.records[side])


def everything():
    return dump(), list(Delivery.objects.order_by("pk").values_list("pk", "contact_id"))


def check(graph):
    before = everything()
    kept, gone = graph.kept, graph.gone
    plan = plan_merge(kept, gone, graph.choices)
    assert everything() == before
    assert plan.refusals == []

    opened = merge(kept, gone, graph.choices, mark=plan.mark, acting_user=None)
    after = everything()
    assert written(opened) == planned(plan)
    for relation in relations_to(graph.model):
        assert not relation.model._base_manager.filter(**{relation.name: gone.pk}).exists()
    primary = ContactPoint.objects.filter(**{graph.owner: kept}, is_primary=True)
    assert primary.count() <= 1

    assert plan_undo(opened).conflicts == []
    separated = undo(opened, acting_user=None)
    assert everything() == before
    assert plan_undo(separated).conflicts == []
    together = undo(separated, acting_user=None)
    assert everything() == after
    undo(together, acting_user=None)
    assert everything() == before


@pytest.mark.parametrize("model", [Contact, Organisation])
@EXAMPLES
@given(GRAPHS)
def test_plan_is_what_is_written_and_separating_leaves_what_was(model, graph):
    with transaction.atomic():
        check(Graph(model, *graph))
        transaction.set_rollback(True)
    assert not Membership.objects.exists()
