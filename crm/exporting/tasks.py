from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.registry import exportable
from crm.filters.tasks import TaskFilterSet
from crm.models import Task


class TaskChunk(Chunk):
    @cached_property
    def tasks(self):
        return self.load(Task.objects.select_related("assignee", "contact", "organisation", "network", "project", "created_by"))


class TaskRow:
    __slots__ = ("task",)

    def __init__(self, task):
        self.task = task

    @property
    def number(self):
        return self.task.pk


@exportable
class TaskExport(Exportable):
    kind = "tasks"
    title = _("To do")
    model = Task
    filterset_class = TaskFilterSet
    chunk_class = TaskChunk
    groups = (
        Group(
            _("To do"),
            [
                Field("what", _("What"), lambda row: row.task.what),
                Field("due", _("To be done by"), lambda row: row.task.due),
                Field("assignee", _("For whom"), lambda row: row.task.assignee and row.task.assignee.name),
                Field("done_on", _("Done"), lambda row: day_of(row.task.done_at)),
                more("note", _("Note"), lambda row: row.task.note),
                more("created_by", _("Created by"), lambda row: row.task.created_by and row.task.created_by.name),
                more("created_on", _("Created"), lambda row: day_of(row.task.created_at)),
            ],
        ),
        Group(
            _("About whom"),
            [
                Field("first_name", _("First name"), lambda row: row.task.contact and row.task.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.task.contact and row.task.contact.last_name),
                Field("organisation", _("Organisation"), lambda row: row.task.organisation and row.task.organisation.name),
                Field("network", _("Network"), lambda row: row.task.network and row.task.network.name),
                Field("project", _("Project"), lambda row: row.task.project and row.task.project.name),
            ],
        ),
    )

    def rows(self, chunk):
        return [TaskRow(task) for task in chunk.tasks]
