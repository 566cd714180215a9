from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.widgets.button import Button

from crm.exporting import TaskExport
from crm.filters.choices import RecordFilter
from crm.filters.tasks import TaskFilterSet
from crm.forms.tasks import TaskForm
from crm.models import ChangeSet, Contact, Network, Organisation, Project, Task, User
from crm.services.ledger import change_set
from crm.services.rights import may
from crm.services.tasks import complete_task, reopen_task
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this
from crm.viewsets.initial import AddressMixin
from crm.viewsets.links import link_to
from crm.viewsets.list_columns import DayColumn, ListColumn
from crm.viewsets.list_groups import RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin


class TaskListFilterSet(TaskFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    contact = RecordFilter(label=_("About the contact"), queryset=Contact.objects.all(), widget=ContactFilterWidget)
    organisation = RecordFilter(label=_("About the organisation"), queryset=Organisation.objects.all(), widget=OrganisationFilterWidget)


class DoneColumn(ListColumn):
    """A button that marks as done, or as not done; the form that it sends stands once on the page, above the table."""

    cell_template_name = "admin/register/task_done_cell.html"

    def get_cell_context_data(self, task, parent_context):
        context = super().get_cell_context_data(task, parent_context)
        url_name = "task:reopen" if task.is_done else "task:complete"
        return {**context, "url": reverse(url_name, args=[task.pk]), "may_change": may(parent_context["request"].user, "change", Task)}


class DueColumn(ListColumn):
    cell_template_name = "admin/register/task_due_cell.html"


class AboutColumn(ListColumn):
    cell_template_name = "admin/register/task_about_cell.html"

    def get_cell_context_data(self, task, parent_context):
        user = parent_context["request"].user
        links = [link_to(record, user) for record in task.about]
        return {**super().get_cell_context_data(task, parent_context), "links": links}


class AssigneeGrouping(RecordGrouping):
    def headings(self, values):
        return {pk: user.name for pk, user in self.model._default_manager.in_bulk(values).items()}


class TaskIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    template_name = "admin/register/task_index.html"
    results_template_name = "admin/register/task_index_results.html"
    add_item_label = _("New task")
    title_label = _("What")
    title_sort_key = "what"
    title_width = "30%"

    def order_queryset(self, queryset):
        if self.ordering:
            return super().order_queryset(queryset)
        found = queryset.soonest_first()
        return self.grouping.sorted(found, self.as_of) if self.grouping else found

    def search_queryset(self, queryset):
        return queryset.search(self.search_query) if self.is_searching else queryset

    @cached_property
    def header_more_buttons(self):
        url = reverse("my_calendar:index")
        return [*super().header_more_buttons, Button(gettext("My calendar and reminders"), url=url, icon_name="calendar", priority=4)]

    @property
    def tabs(self):
        """The lists that are asked for most, as (address, what it is called, number, whether it is this one)."""
        mine, everybodys = Task.objects.filter(assignee=self.request.user), Task.objects.all()
        tabs = [
            ("", gettext("Everybody’s"), everybodys.open()),
            ("mine=yes", gettext("Mine"), mine.open()),
            ("mine=yes&state=overdue", gettext("Mine, overdue"), mine.overdue()),
            ("state=overdue", gettext("Overdue"), everybodys.overdue()),
            ("state=done", gettext("Done"), everybodys.exclude(done_at=None)),
        ]
        return [(f"{self.index_url}?{query}", label, tasks.count(), self.narrowed_by == query) for query, label, tasks in tabs]

    @property
    def narrowed_by(self):
        return "&".join(
            f"{name}={value}" for name in self.filterset_class.base_filters for value in self.request.GET.getlist(name) if value
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(tabs=self.tabs, this_url=self.this_url, **kwargs)


class TaskCreateView(ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return Task(
            what=self.text_of("what"),
            due=self.day_of("due"),
            assignee=self.request.user,
            contact=self.record_of("contact", Contact),
            organisation=self.record_of("organisation", Organisation),
            network=self.record_of("network", Network),
            project=self.record_of("project", Project),
        )

    def save_instance(self):
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class TaskEditView(ReturningMixin, RegisterEditView):
    pass


class MarkView(View):
    """Marks a task as done, or as not done, and goes back to the list. A second press does no harm."""

    mark = None
    success_message = None

    def post(self, request, pk):
        if not may(request.user, "change", Task):
            raise PermissionDenied
        task = get_object_or_404(Task, pk=pk if pk <= LARGEST_NUMBER else 0)
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
            type(self).mark(task, acting_user=request.user)
            buttons = buttons_to_undo_this(request.user)
        messages.success(request, self.success_message % {"what": task}, buttons=buttons)
        return redirect(self.next_url)

    @property
    def next_url(self):
        url = self.request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()):
            return url
        return reverse("task:index")


class CompleteView(MarkView):
    mark = complete_task
    success_message = _("“%(what)s” is done.")


class ReopenView(MarkView):
    mark = reopen_task
    success_message = _("“%(what)s” is open again.")


class TaskViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = Task
    icon = "tasks"
    menu_label = _("To do")
    menu_order = 440
    index_view_class = TaskIndexView
    add_view_class = TaskCreateView
    edit_view_class = TaskEditView
    filterset_class = TaskListFilterSet
    exportable_class = TaskExport
    list_display = [
        DueColumn("due", label=_("To be done by"), sort_key="due", may_be_missing=True),
        ListColumn("assignee", label=_("For whom"), accessor="assignee.name", sort_key="assignee__first_name", related=("assignee",)),
        AboutColumn("about", label=_("About whom"), related=("contact", "organisation", "network", "project", "activity")),
        DoneColumn("done", label=_("Done")),
    ]
    more_columns = [
        ListColumn("note", label=_("Note")),
        DayColumn("done_at", label=_("Done on"), sort_key="done_at", may_be_missing=True),
        ListColumn("created_by", label=_("Added by"), accessor="created_by.name", related=("created_by",)),
    ]
    groupings = [
        AssigneeGrouping("assignee", _("For whom"), User, "assignee", "assignee__first_name"),
        RecordGrouping("project", _("Project"), Project, "project", "project__sort_key"),
        RecordGrouping("network", _("Network"), Network, "network", "network__sort_key"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("what"),
            FieldRowPanel([FieldPanel("due"), FieldPanel("assignee")]),
            FieldRowPanel([FieldPanel("contact"), FieldPanel("organisation")]),
            FieldRowPanel([FieldPanel("network"), FieldPanel("project")]),
            FieldPanel("note"),
        ],
        base_form_class=TaskForm,
    )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("complete/<int:pk>/", CompleteView.as_view(), name="complete"),
            path("reopen/<int:pk>/", ReopenView.as_view(), name="reopen"),
        ]
