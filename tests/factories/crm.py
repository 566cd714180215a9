import datetime

import factory
from factory.django import DjangoModelFactory

from crm.models import (
    Activity,
    Affiliation,
    BoardDocument,
    Contact,
    ContactPoint,
    Cost,
    Course,
    Document,
    Evidence,
    Fee,
    FeeReminder,
    FeeRound,
    FeeRule,
    Holding,
    Indicator,
    Interest,
    Licence,
    Match,
    Membership,
    MergedRecord,
    Mobility,
    Municipality,
    Need,
    Network,
    Organisation,
    Participation,
    Partner,
    PlanItem,
    PlanLink,
    Project,
    ProjectRole,
    Relationship,
    Role,
    Seat,
    SeatRequest,
    Segment,
    SegmentException,
    Tag,
    Tagging,
    Task,
    User,
)
from crm.years import OperatingYear


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@kansli.example")
    password = factory.django.Password("a-long-password-for-tests")


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Municipality

    code = factory.Sequence(lambda n: f"{1400 + n}")
    name = factory.Sequence(lambda n: f"Kommun {n}")
    subregion = "Skaraborg"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Lärcentrum {n}")
    kind = Organisation.Kind.LEARNING_CENTRE


class RelationshipFactory(DjangoModelFactory):
    class Meta:
        model = Relationship

    organisation = factory.SubFactory(OrganisationFactory)
    other = factory.SubFactory(OrganisationFactory, kind=Organisation.Kind.COMPANY)


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    first_name = factory.Sequence(lambda n: f"Förnamn{n}")
    last_name = factory.Sequence(lambda n: f"Efternamn{n}")


class EmailFactory(DjangoModelFactory):
    class Meta:
        model = ContactPoint

    contact = factory.SubFactory(ContactFactory)
    kind = ContactPoint.Kind.EMAIL
    value = factory.Sequence(lambda n: f"person{n}@kommun.example")
    is_primary = True


class RoleFactory(DjangoModelFactory):
    class Meta:
        model = Role

    name = factory.Sequence(lambda n: f"Roll {n}")


class AffiliationFactory(DjangoModelFactory):
    class Meta:
        model = Affiliation

    contact = factory.SubFactory(ContactFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = factory.SubFactory(RoleFactory)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory, kind=Organisation.Kind.MUNICIPALITY)


class FeeFactory(DjangoModelFactory):
    class Meta:
        model = Fee

    membership = factory.SubFactory(MembershipFactory)
    year = OperatingYear(2017)
    amount = 15000


class FeeRoundFactory(DjangoModelFactory):
    class Meta:
        model = FeeRound

    year = OperatingYear(2017)
    invoiced_on = datetime.date(2017, 8, 15)
    due_on = datetime.date(2017, 9, 14)


class FeeRuleFactory(DjangoModelFactory):
    class Meta:
        model = FeeRule

    fee_round = factory.SubFactory(FeeRoundFactory)
    amount = 15000


class FeeReminderFactory(DjangoModelFactory):
    class Meta:
        model = FeeReminder

    fee = factory.SubFactory(FeeFactory)
    number = 1
    address = "ekonomi@kommun.example"
    subject = "Påminnelse"
    text = "Hej!"
    state = FeeReminder.State.SENT


class NetworkFactory(DjangoModelFactory):
    class Meta:
        model = Network

    name = factory.Sequence(lambda n: f"Nätverk {n}")
    kind = Network.Kind.COMPANY


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    network = factory.SubFactory(NetworkFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project

    name = factory.Sequence(lambda n: f"Projekt {n}")
    state = Project.State.GRANTED


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    project = factory.SubFactory(ProjectFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class ProjectRoleFactory(DjangoModelFactory):
    class Meta:
        model = ProjectRole

    project = factory.SubFactory(ProjectFactory)
    contact = factory.SubFactory(ContactFactory)
    title = "Projektledare"


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator

    project = factory.SubFactory(ProjectFactory)
    name = "Företagsbesök"
    target = 100


class MobilityFactory(DjangoModelFactory):
    class Meta:
        model = Mobility

    project = factory.SubFactory(ProjectFactory)
    sending = factory.SubFactory(OrganisationFactory)
    participant = factory.Sequence(lambda n: f"Elev {n}")


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    indicator = factory.SubFactory(IndicatorFactory)
    project = factory.LazyAttribute(lambda evidence: (evidence.indicator or evidence.activity).project)
    day = datetime.date(2018, 3, 1)
    what = "Deltagarlista"


class CostFactory(DjangoModelFactory):
    class Meta:
        model = Cost

    project = factory.SubFactory(ProjectFactory)
    day = datetime.date(2018, 3, 1)
    what = factory.Sequence(lambda n: f"Resor {n}")
    amount = 1000


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    title = factory.Sequence(lambda n: f"Kurs {n}")
    state = Course.State.OPEN


class SeatRequestFactory(DjangoModelFactory):
    class Meta:
        model = SeatRequest

    course = factory.SubFactory(CourseFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class NeedFactory(DjangoModelFactory):
    class Meta:
        model = Need

    organisation = factory.SubFactory(OrganisationFactory, kind="company")
    area = "digital"


class MatchFactory(DjangoModelFactory):
    class Meta:
        model = Match

    need = factory.SubFactory(NeedFactory)
    course = factory.SubFactory(CourseFactory)


class InterestFactory(DjangoModelFactory):
    class Meta:
        model = Interest

    project = factory.SubFactory(ProjectFactory)
    organisation = factory.SubFactory(OrganisationFactory, kind="company")


class PlanItemFactory(DjangoModelFactory):
    class Meta:
        model = PlanItem

    year = OperatingYear(2017)
    focus_area = 1
    what = factory.Sequence(lambda n: f"Punkt {n}")


class SegmentFactory(DjangoModelFactory):
    class Meta:
        model = Segment

    name = factory.Sequence(lambda n: f"Urval {n}")


class SegmentExceptionFactory(DjangoModelFactory):
    class Meta:
        model = SegmentException

    segment = factory.SubFactory(SegmentFactory)
    contact = factory.SubFactory(ContactFactory)


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = Activity

    kind = Activity.Kind.MEETING
    subject = factory.Sequence(lambda n: f"Möte {n}")
    day = datetime.date(2018, 3, 1)


class PlanLinkFactory(DjangoModelFactory):
    class Meta:
        model = PlanLink

    planitem = factory.SubFactory(PlanItemFactory)
    activity = factory.SubFactory(ActivityFactory)


class BoardDocumentFactory(DjangoModelFactory):
    class Meta:
        model = BoardDocument

    title = factory.Sequence(lambda n: f"Protokoll {n}")
    file = factory.django.FileField(data=b"protokoll", filename="protokoll.pdf")
    filename = "protokoll.pdf"
    size = 9
    day = datetime.date(2018, 3, 1)


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = Participation

    activity = factory.SubFactory(ActivityFactory)
    contact = factory.SubFactory(ContactFactory)


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    what = factory.Sequence(lambda n: f"Att göra {n}")


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    title = factory.Sequence(lambda n: f"Avtal {n}")
    file = factory.django.FileField(data=b"avtal", filename="avtal.pdf")
    filename = "avtal.pdf"
    size = 5
    contact = factory.SubFactory(ContactFactory)


class TagFactory(DjangoModelFactory):
    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"Märke {n}")


class TaggingFactory(DjangoModelFactory):
    class Meta:
        model = Tagging

    tag = factory.SubFactory(TagFactory)
    contact = factory.SubFactory(ContactFactory)


class LicenceFactory(DjangoModelFactory):
    class Meta:
        model = Licence

    name = factory.Sequence(lambda n: f"Verktyg {n}")


class HoldingFactory(DjangoModelFactory):
    class Meta:
        model = Holding

    licence = factory.SubFactory(LicenceFactory)
    contact = factory.SubFactory(ContactFactory)


class MergedRecordFactory(DjangoModelFactory):
    class Meta:
        model = MergedRecord

    number = factory.Sequence(lambda n: 100_000 + n)
    name = "Anna Bergh"
    contact = factory.SubFactory(ContactFactory)
