"""The undo of a change set: what would happen, each conflict with both values, and then the doing."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from crm.exceptions import RegisterError
from crm.services import large_undos
from crm.services.change_sets import counts_by_action
from crm.services.plans import plan_in_words
from crm.services.undo import undo
from crm.viewsets.history import undo_buttons

# A choice in the form is called "choice:crm.contact:17:last_name".
CHOICE = "choice:"


class UndoersOnlyMixin:
    """Only for whoever may do in the forms what the undo would do; the view has a `change_set`."""

    def dispatch(self, request, *args, **kwargs):
        if not self.may_undo:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def is_large(self):
        return large_undos.is_large(self.change_set)

    @cached_property
    def progress(self):
        return large_undos.progress_of(self.change_set) if self.is_large else None


@method_decorator(never_cache, "dispatch")
class ProgressMixin(UndoersOnlyMixin):
    """The state of a large undo alone, which its page asks for while it is running."""

    template_name = "admin/register/change_set_undo_progress.html"

    def get_context_data(self, **kwargs):
        if self.progress is None:
            raise Http404  # a small one is done at once
        return super().get_context_data(progress=self.progress, **kwargs)


class UndoMixin(UndoersOnlyMixin):
    template_name = "admin/register/change_set_undo.html"
    page_title = _("Undo")
    header_icon = "undo"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        progress = self.progress
        plan = plan_in_words(self.change_set) if progress is None else progress.plan if progress.state == "checked" else None
        return super().get_context_data(
            plan=plan,
            steps_left=sum(plan["counts"].values()) - plan.get("shown", 0) if plan else 0,
            conflicts_left=plan["conflict_count"] - len(plan["conflicts"]) if plan else 0,
            progress=progress,
            counts=counts_by_action(self.change_set.changes.all()) if plan is None else [],
            change_count=self.change_set.changes.count(),
            progress_url=reverse("change_set:undo_progress", args=[self.change_set.pk]),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        force = [name.removeprefix(CHOICE) for name, value in request.POST.items() if name.startswith(CHOICE) and value == "then"]
        if self.is_large:
            return self.start(force)
        try:
            done = undo(self.change_set, acting_user=request.user, force=force)
        except RegisterError as error:
            messages.error(request, str(error))
            return redirect("change_set:undo", self.change_set.pk)
        number = done.changes.order_by().values("model", "object_id").distinct().count()
        sentence = ngettext("Undone: %(number)d record is as it was before.", "Undone: %(number)d records are as they were before.", number)
        messages.success(request, sentence % {"number": number}, buttons=undo_buttons(done, gettext("Undo the undo")))
        return redirect("change_set:detail", done.pk)

    def start(self, force):
        """Have the background do what comes next, unless it is at it already."""
        if not self.progress.is_running or self.progress.seems_stuck:
            if "check" in self.request.POST:
                large_undos.start_check(self.change_set)
            elif self.progress.state == "checked" or self.progress.seems_stuck:
                large_undos.start_undo(self.change_set, acting_user=self.request.user, force=force)
        return redirect("change_set:undo", self.change_set.pk)
