from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import ProtectedError
from wagtail.models import Page, Site

from cms.demo import load_site
from cms.groups import sync_groups
from config.demo_users import DEMO_USERS
from crm.demo import load_board_documents, load_fee_reminders, load_fee_rounds, load_files, load_form_needs, load_plan_links, load_tasks
from crm.demo_meetings import load_meetings
from crm.figures import Period, all_figures
from crm.importing.jobs import import_file
from crm.importing.outcomes import Fate
from crm.models import ChangeSet, Organisation, Segment, User
from crm.services.ledger import change_set, suspended
from crm.years import OperatingYear
from newsletter.demo import demo_newsletter, load_issue
from newsletter.models import Issue

# In this order: a row may only name what an earlier file has brought in. Several files of one kind stand in brackets.
SPREADSHEETS = {
    "municipalities": "kommuner.csv",
    "roles": "roller.csv",
    "organisations": ("organisationer.xlsx", "foretag.csv"),
    "relationships": "relationer.csv",
    "contacts": "kontakter.csv",
    "memberships": "medlemskap-och-avgifter.xlsx",
    "networks": "natverk.csv",
    "licences": "licenser.csv",
    "holdings": "licensinnehav.csv",
    "projects": "projekt.csv",
    "project_partners": "projektorganisationer.csv",
    "project_people": "projektpersoner.csv",
    "mobilities": "mobiliteter.csv",
    "project_costs": "projektkostnader.csv",
    "activities": ("aktiviteter.csv", "verksamhetsaret.csv"),
    "project_indicators": "indikatorer.csv",
    "project_evidence": "indikatorvarden.csv",
    "courses": "kurser.csv",
    "seat_requests": "platsforfragningar.csv",
    "needs": ("enkatsvar-2018.csv", "behov.csv"),
    "interests": "intresseanmalningar.csv",
    "mandates": "styrelse-och-kansli.csv",
    "plan_items": "verksamhetsplan.csv",
    "subscriptions": "prenumeranter.csv",
}
SEGMENTS = {
    "Kontakter hos betalande medlemmar": "fee_paid=2017/2018",
    "Lärcentrum i Fyrbodal": "kind=learning_centre&subregion=Fyrbodal",
}
YEAR = OperatingYear(2017)


def spreadsheets():
    """Yield (kind, file name)."""
    for kind, names in SPREADSHEETS.items():
        for name in [names] if isinstance(names, str) else names:
            yield kind, name


class Command(BaseCommand):
    default_folder = settings.BASE_DIR / "demo"
    help = "Loads the demo association from demo/, through the importers that the office uses. Doing it again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are organisations already")
        parser.add_argument("--reset", action="store_true", help="delete register, site and newsletter first")
        parser.add_argument("--from", dest="folder", type=Path, default=self.default_folder, help="another folder like demo/")

    def handle(self, *, if_empty, reset, folder, **options):
        if not settings.DEMO_ALLOWED:
            raise CommandError("The demo makes users with a known password, so it loads only under the development settings.")
        if if_empty and Organisation.objects.exists() and Issue.objects.exists():
            return  # the issue comes last: what an earlier load broke off before is loaded now
        if reset:
            self.reset()
        with change_set(cause=ChangeSet.Cause.COMMAND, note="manage.py demo"):
            sync_groups()
            self.load_users()
            demo_newsletter()
            for kind, filename in spreadsheets():
                self.load_spreadsheet(kind, folder / "register" / filename)
            load_plan_links(folder / "register" / "planens-aktiviteter.csv")
            load_fee_rounds(folder / "register" / "avgiftsomgangar.csv")
            load_fee_reminders(folder / "register" / "avgiftspaminnelser.csv")
            load_meetings(folder / "register" / "traffar.csv")
            load_tasks(folder / "register" / "uppgifter.csv")
            load_board_documents(folder / "register" / "styrelsehandlingar.csv")
            load_files(folder / "register" / "filer.csv")
            load_form_needs(folder / "register" / "webbformular.csv")
            for name, query in SEGMENTS.items():
                Segment.objects.get_or_create(name=name, defaults={"query": query})
        self.stdout.write("Pages and pictures …")
        load_site(folder / "site")
        load_issue(folder / "site")
        self.report()

    def reset(self):
        self.stdout.write("Deleting what is there …")
        with suspended():
            Site.objects.all().delete()
            for page in Page.objects.filter(depth=2):
                page.delete()
            Organisation.objects.update(parent=None)
            for label in ("newsletter", "cms", "crm"):
                models = apps.get_app_config(label).get_models()
                self.delete_all([model for model in models if model is not User and not issubclass(model, Page)])

    def delete_all(self, models):
        """Delete every row, in as many rounds as it takes: what protects another is gone in the next one."""
        while models:
            left = []
            for model in models:
                try:
                    with transaction.atomic():
                        model.objects.all().delete()
                except ProtectedError:
                    left.append(model)
            if len(left) == len(models):
                raise CommandError(f"These protect one another: {', '.join(model.__name__ for model in left)}")
            models = left

    def load_users(self):
        for demo_user in DEMO_USERS:
            first_name, last_name = demo_user.name.split(" ")
            user, created = User.objects.get_or_create(
                username=demo_user.username,
                defaults={"email": f"{demo_user.username}@larnatetvast.example", "first_name": first_name, "last_name": last_name},
            )
            if created:
                user.set_password(demo_user.password)
                user.is_superuser = user.is_staff = demo_user.group is None
                user.save()
                if demo_user.group:
                    user.groups.add(Group.objects.get(name=demo_user.group))

    def load_spreadsheet(self, kind, path):
        job = import_file(kind, content=path.read_bytes(), filename=path.name, acting_user=None)
        if job.error:
            raise CommandError(f"{path.name}: {job.error}")
        self.stdout.write(
            f"{path.name:<30} {job.created_count:>4} new {job.changed_count:>4} changed "
            f"{job.unchanged_count:>4} unchanged {job.refused_count:>4} refused"
        )
        if row := job.rows.filter(fate__in=[Fate.REFUSED, Fate.SKIPPED]).first():
            raise CommandError(f"{path.name}, row {row.number}: {row.messages}")

    def report(self):
        rows = [("pages", Page.objects.live().filter(depth__gt=1).count())]
        rows += [(model._meta.verbose_name_plural, model.objects.count()) for model in self.counted_models()]
        rows += [(f"{figure.label}, {YEAR}", figure.value(Period(YEAR))) for figure in all_figures()]
        width = max(len(str(label)) for label, _value in rows)
        self.stdout.write("")
        for label, value in rows:
            self.stdout.write(f"{label!s:<{width}} {value:>6}")

    def counted_models(self):
        names = [
            "Municipality",
            "Organisation",
            "Contact",
            "Affiliation",
            "ContactPoint",
            "Membership",
            "Fee",
            "Network",
            "Seat",
            "Relationship",
        ]
        names += ["FeeRound", "FeeReminder"]
        names += ["Licence", "Holding", "Project", "Partner", "ProjectRole", "Mobility", "Cost", "Relationship"]
        names += ["Course", "SeatRequest", "Need", "Interest"]
        yield from (apps.get_model("crm", name) for name in names)
        yield apps.get_model("newsletter", "Subscription")
        yield apps.get_model("cms", "CustomImage")
