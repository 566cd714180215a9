"""Projects on the pages of records: who is in one, and in which ones somebody is; and since when."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.models import Contact, Partner, Project, ProjectRole
from crm.services.record_sections import SHOWN, now_and_before
from crm.services.records import ALL, Section, register_section
from crm.services.timeline import register_stream
from crm.services.timeline_streams import DatedStream

# On the page of a project


@register_section(of=("project",))
def partners(about):
    found = about.record.partners.newest_first().select_related("organisation")
    values = then_and_else(found, about)
    now = values["now"]
    now.sort(key=lambda one: one.organisation.sort_key)
    return Section("partners", _("Partners"), "group", 20, "admin/register/record_partners.html", values, count=len(now))


@register_section(of=("project",))
def people(about):
    if not about.may_view(Contact):
        return None
    found = about.record.roles.newest_first().select_related("contact", "organisation")
    values = then_and_else(found, about)
    return Section("people", _("People"), "user", 30, "admin/register/record_project_people.html", values, count=len(values["now"]))


def then_and_else(found, about):
    """Return {now, before, later} of partners or people: those who are in it, have left, and as of another day those who came later."""
    day = about.record.last_day(about.day)
    now, before = now_and_before(list(found[: 4 * SHOWN]), day)
    later = [one for one in now if about.asked_day and one.since and one.since > day]
    return {"now": [one for one in now if one not in later], "before": before, "later": later}


# On the page of a contact or an organisation


@dataclass
class InProject:
    """In which project somebody is, as what and for how long: as long as the project where nothing else is said."""

    project: Project
    as_what: str
    since: date | None
    until: date | None


def of_contact(contact):
    roles = ProjectRole.objects.filter(contact=contact, project__archived_at=None).select_related("project", "organisation")
    for one in roles.newest_first()[:SHOWN]:
        as_what = " · ".join(str(part) for part in (one.title, one.organisation) if part)
        yield InProject(one.project, as_what, one.since, one.until or one.project.until)


def of_organisation(organisation):
    """As the one who answers for it, as the funder, and as a partner."""
    for project in Project.objects.active().filter(Q(lead=organisation) | Q(funder=organisation)).newest_first()[:SHOWN]:
        as_what = [_("Lead organisation")] if project.lead_id == organisation.pk else []
        as_what += [_("Funder")] if project.funder_id == organisation.pk else []
        yield InProject(project, " · ".join(as_what), project.since, project.until)
    for one in (
        Partner.objects.filter(organisation=organisation, project__archived_at=None).newest_first().select_related("project")[:SHOWN]
    ):
        as_what = " · ".join(filter(None, [one.get_kind_display(), one.note]))
        yield InProject(one.project, as_what, one.since, one.until or one.project.until)


@register_section()
def projects(about):
    if not about.may_view(Project):
        return None
    found = list(of_contact(about.record) if about.is_contact else of_organisation(about.record))
    if not found:
        return None
    now, before = now_and_before(found, about.today)
    values = {"now": now, "before": before}
    return Section("projects", _("Projects"), "clipboard-list", 35, "admin/register/record_projects.html", values, count=len(now))


# In the timeline


class InProjectStream(DatedStream):
    icon = "clipboard-list"

    def dated(self, about):
        found = self.model.objects.filter(**{about.kind: about.record}).select_related(*self.related)
        return found if about.is_project else found.filter(project__archived_at=None)


class PartnerStream(InProjectStream):
    of = ("organisation", "project")
    model = Partner
    related = ("project", "organisation")

    def is_for(self, about):
        return about.may_view(Project)


class ProjectRoleStream(InProjectStream):
    of = ALL
    model = ProjectRole
    related = ("project", "contact", "organisation")

    def is_for(self, about):
        return about.may_view(Project) and about.may_view(Contact)

    def words(self, one):
        return {"name": one.contact, "role": one.title, "project": one.project}


@register_stream
class PartnerBegins(PartnerStream):
    key, moment = "partner-begins", "since"

    def sentence(self, about, one):
        if about.is_project:
            return _("%(organisation)s joined") % {"organisation": one.organisation}
        return _("Joined the project %(project)s") % {"project": one.project}


@register_stream
class PartnerEnds(PartnerStream):
    key, moment = "partner-ends", "until"

    def sentence(self, about, one):
        if about.is_project:
            return _("%(organisation)s left") % {"organisation": one.organisation}
        return _("Left the project %(project)s") % {"project": one.project}


@register_stream
class ProjectRoleBegins(ProjectRoleStream):
    key, moment = "project-role-begins", "since"

    def sentence(self, about, one):
        if about.is_contact:
            sentence = _("Began as %(role)s in the project %(project)s") if one.title else _("Joined the project %(project)s")
        elif about.is_project:
            sentence = _("%(name)s began as %(role)s") if one.title else _("%(name)s began")
        else:
            sentence = _("%(name)s joined the project %(project)s")
        return sentence % self.words(one)


@register_stream
class ProjectRoleEnds(ProjectRoleStream):
    key, moment = "project-role-ends", "until"

    def sentence(self, about, one):
        if about.is_contact:
            sentence = _("Left as %(role)s in the project %(project)s") if one.title else _("Left the project %(project)s")
        elif about.is_project:
            sentence = _("%(name)s left as %(role)s") if one.title else _("%(name)s left")
        else:
            sentence = _("%(name)s left the project %(project)s")
        return sentence % self.words(one)


class ProjectStream(DatedStream):
    of = ("project",)
    icon = "clipboard-list"

    def dated(self, about):
        return Project.objects.decided().filter(pk=about.record.pk)


@register_stream
class ProjectBegins(ProjectStream):
    key, moment = "project-begins", "since"

    def sentence(self, about, one):
        return _("The project began")


@register_stream
class ProjectEnds(ProjectStream):
    key, moment = "project-ends", "until"

    def sentence(self, about, one):
        return _("The project ended")
