"""The box on a record's page that logs a call, a visit or a note, or adds a task, without leaving; and ticking tasks off."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from crm.forms.records import QuickForm
from crm.models import Activity, ChangeSet, Contact, Organisation
from crm.services.activities import log_activity
from crm.services.ledger import change_set
from crm.services.tasks import add_task, complete_task, reopen_task
from crm.services.timeline_streams import tasks_of
from crm.viewsets.history import buttons_to_undo_this


class QuickMixin:
    @cached_property
    def quick_form(self):
        """None for who may neither log nor add tasks."""
        user = self.request.user
        may_log, may_add_tasks = user.has_perm("crm.add_activity"), user.has_perm("crm.add_task")
        if not may_log and not may_add_tasks:
            return None
        return QuickForm(
            self.request.POST if self.request.POST.get("do") == "log" else None,
            others=self.others,
            other_label=self.other_label,
            initial={"other": self.others.first() if self.about.is_contact else None},
            may_log=may_log,
            may_add_tasks=may_add_tasks,
        )

    @property
    def other_label(self):
        labels = {"contact": _("For the organisation"), "organisation": _("With whom")}
        return labels.get(self.about.kind, _("With the organisation"))

    @cached_property
    def others(self):
        """Where the person works, who works at the organisation, the partners of the project, or who sits in the network."""
        if self.about.is_network:
            return Organisation.objects.active().filter(seats__in=self.object.seats.current()).distinct()
        if self.about.is_project:
            partners = self.object.partners.in_projects_on(self.about.today)
            return Organisation.objects.active().filter(pk__in=partners.order_by().values("organisation"))
        if self.about.is_contact:
            return Organisation.objects.active().filter(pk__in=self.current_roles.values("organisation"))
        people = Contact.objects.active() if self.about.may_view(Contact) else Contact.objects.none()
        return people.filter(pk__in=self.current_roles.values("contact"))

    @property
    def current_roles(self):
        return self.object.affiliations.current().order_by()

    def log(self):
        if self.quick_form is None:
            raise PermissionDenied
        if not self.quick_form.is_valid():
            return None
        cleaned = self.quick_form.cleaned_data
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            sentence = self.add_task(cleaned) if self.quick_form.is_task else self.log_activity(cleaned)
            buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, sentence, buttons=buttons)
        return HttpResponseRedirect(self.own_url)

    def log_activity(self, cleaned):
        log_activity(
            kind=cleaned["what"],
            subject=cleaned["subject"],
            text=cleaned["text"],
            day=cleaned["day"],
            acting_user=self.request.user,
            **self.taking_part(cleaned["other"]),
        )
        return _("Logged: %(kind)s, %(subject)s.") % {"kind": Activity.Kind(cleaned["what"]).label, "subject": cleaned["subject"]}

    def taking_part(self, other):
        if self.about.is_project or self.about.is_network:
            return {self.about.kind: self.object, "participants": [(None, other)] if other else []}
        return {"participants": [(self.object, other) if self.about.is_contact else (other, self.object)]}

    def add_task(self, cleaned):
        """For oneself: whoever adds it here is the one who has just had the call."""
        about = {self.about.kind: self.object}
        if cleaned["other"]:
            about[type(cleaned["other"])._meta.model_name] = cleaned["other"]
        add_task(
            what=cleaned["subject"],
            note=cleaned["text"],
            due=cleaned["due"],
            assignee=self.request.user,
            acting_user=self.request.user,
            **about,
        )
        return _("Added to your tasks: %(what)s.") % {"what": cleaned["subject"]}

    def mark_task(self):
        """Tick a task off, or take the tick away."""
        if not self.request.user.has_perm("crm.change_task"):
            raise PermissionDenied
        number = self.request.POST.get("task", "")
        task = get_object_or_404(tasks_of(self.about), pk=number if number.isdecimal() and len(number) < 19 else 0)
        # What the button said, not the opposite of what is: a second click must not take the tick away again.
        mark, sentence = (
            (reopen_task, _("Open again: %(what)s.")) if "reopen" in self.request.POST else (complete_task, _("Done: %(what)s."))
        )
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            mark(task, acting_user=self.request.user)
            buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, sentence % {"what": task.what}, buttons=buttons)
        return HttpResponseRedirect(f"{self.own_url}#tasks")

    def get_context_data(self, **kwargs):
        return super().get_context_data(quick_form=self.quick_form, **kwargs)
