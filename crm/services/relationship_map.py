"""How organisations, networks and projects hang together, as a graph: what is drawn, and on which days it holds.

Everything is read at once, in a number of queries that does not grow with the register; the page then shows any day of it. What
somebody may not see is not in it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Membership, Network, Organisation, Partner, Project, Relationship, Seat
from crm.services.rights import may_view

EDGES = {
    "part_of": gettext_lazy("Part of"),
    "member": gettext_lazy("Member of"),
    "partner": gettext_lazy("Partner of"),
    "collaboration": gettext_lazy("Collaboration with"),
    "delivers": gettext_lazy("Delivers to"),
    "seat": gettext_lazy("Seat in"),
    "project": gettext_lazy("Partner in"),
    "lead": gettext_lazy("Answers for"),
    "funds": gettext_lazy("Funds"),
}
DIRECTED = ("part_of", "delivers", "funds")
DAY = timedelta(days=1)


@dataclass
class Graph:
    today: date
    nodes: dict = field(default_factory=dict)  # {id: values}
    edges: dict = field(default_factory=lambda: defaultdict(list))  # {(from, to, kind): [(since, until)]}

    def connect(self, source, target, kind, since=None, until=None):
        """Say that one is something to another on some days; what is not in the graph is connected to nothing."""
        if source in self.nodes and target in self.nodes:
            self.edges[source, target, kind].append((since, until))

    @property
    def first_day(self):
        """The first day on which anything is known to begin."""
        days = [since for spans in self.edges.values() for since, _until in spans if since]
        return min(days, default=self.today)

    def without_loners(self):
        """Leave out what nothing leads to, and return how many those are."""
        connected = {end for source, target, _kind in self.edges for end in (source, target)}
        loners = [key for key in self.nodes if key not in connected]
        for key in loners:
            del self.nodes[key]
        return len(loners)

    def as_json(self, left_out=0):
        return {
            "today": self.today.isoformat(),
            "first": min(self.first_day, self.today).isoformat(),
            "leftOut": left_out,
            "nodes": [{"id": key, **values} for key, values in self.nodes.items()],
            "edges": [
                {
                    "from": source,
                    "to": target,
                    "kind": kind,
                    "spans": [[since and since.isoformat(), until and until.isoformat()] for since, until in spans],
                }
                for (source, target, kind), spans in self.edges.items()
            ],
        }


def graph_for(user):
    """Return the Graph of what somebody may see."""
    graph = Graph(timezone.localdate())
    sees = {model: may_view(user, model) for model in (Organisation, Network, Project, Membership, Relationship)}
    if sees[Organisation]:
        _add_organisations(graph)
    if sees[Network]:
        _add_networks(graph)
    if sees[Project]:
        _add_projects(graph)
    if sees[Organisation]:
        _add_relations(graph, user_sees_relations=sees[Relationship])
    if sees[Membership]:
        _add_memberships(graph)
    return graph


def _ended(archived_at):
    """The last day of what is archived: it was there until the day before."""
    return (timezone.localdate(archived_at) - DAY).isoformat() if archived_at else None


def _add_organisations(graph):
    found = Organisation.objects.order_by("sort_key", "pk").values_list(
        "pk", "name", "kind", "is_own", "archived_at", "municipality", "municipality__name", "municipality__subregion"
    )
    labels = dict(Organisation.Kind.choices)
    for pk, name, kind, is_own, archived_at, municipality, municipality_name, subregion in found:
        graph.nodes[f"o{pk}"] = {
            "name": name,
            "type": "organisation",
            "kind": "own" if is_own else kind,
            "label": _("The association itself") if is_own else str(labels[kind]),
            "until": _ended(archived_at),
            "municipality": municipality,
            "place": municipality_name or "",
            "subregion": subregion or "",
        }


def _add_networks(graph):
    labels = dict(Network.Kind.choices)
    for pk, name, kind, archived_at in Network.objects.order_by("sort_key", "pk").values_list("pk", "name", "kind", "archived_at"):
        graph.nodes[f"n{pk}"] = {
            "name": name,
            "type": "network",
            "kind": "network",
            "label": str(labels[kind]),
            "until": _ended(archived_at),
        }
    seats = Seat.objects.filter(organisation__isnull=False).order_by("pk")
    for organisation, network, since, until in seats.values_list("organisation", "network", "since", "until"):
        graph.connect(f"o{organisation}", f"n{network}", "seat", since, until)


def _add_projects(graph):
    """Those that have got their money: what was only applied for holds nobody together."""
    projects = Project.objects.decided().order_by("sort_key", "pk")
    for project in projects.only("name", "short_name", "state", "since", "until", "funder", "lead", "archived_at"):
        key = f"p{project.pk}"
        values = {"name": str(project), "type": "project", "kind": "project", "label": _("Project"), "until": _ended(project.archived_at)}
        graph.nodes[key] = values
        graph.connect(f"o{project.funder_id}", key, "funds", project.since, project.until)
        graph.connect(f"o{project.lead_id}", key, "lead", project.since, project.until)
    partners = Partner.objects.filter(project__in=projects.order_by().values("pk")).order_by("pk")
    columns = ("organisation", "project", "since", "until", "project__since", "project__until")
    for organisation, project, since, until, begun, ended in partners.values_list(*columns):
        graph.connect(f"o{organisation}", f"p{project}", "project", since or begun, until or ended)


def _add_relations(graph, *, user_sees_relations):
    """What belongs to what today stands in the field; on the days of a former home, that is meant instead."""
    former = {}
    if user_sees_relations:
        relations = Relationship.objects.order_by("pk").values_list("organisation", "other", "kind", "since", "until")
        for organisation, other, kind, since, until in relations:
            graph.connect(f"o{organisation}", f"o{other}", kind, since, until)
            if kind == Relationship.Kind.PART_OF and until and until < graph.today:
                former[organisation] = max(until, former.get(organisation, until))
    children = Organisation.objects.filter(~Q(parent=None)).order_by("pk").values_list("pk", "parent")
    for child, parent in children:
        since = former[child] + DAY if child in former else None
        if (f"o{child}", f"o{parent}", "part_of") not in graph.edges or since:
            graph.connect(f"o{child}", f"o{parent}", "part_of", since)


def _add_memberships(graph):
    own = next((key for key, values in graph.nodes.items() if values["kind"] == "own"), None)
    if own is None:
        return
    held = Membership.objects.active().order_by("pk").values_list("organisation", "since", "until")
    for organisation, since, until in held:
        if f"o{organisation}" != own:
            graph.connect(f"o{organisation}", own, "member", since, until)
