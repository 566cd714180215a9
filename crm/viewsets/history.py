"""The history of a record: to read, to filter, to put a value back from, and the record as of a day."""

from django import forms
from django.apps import apps
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from crm.exceptions import RegisterError
from crm.forms.dates import DateInput
from crm.models import Affiliation, Change, ChangeSet
from crm.recording import current_change_set
from crm.services.archiving import restore
from crm.services.as_of import as_of
from crm.services.deletions import bring_back, last_deletion
from crm.services.history import changes_of, entries_of, filtered, filters_of
from crm.services.ledger import change_set
from crm.services.merged_records import merge_of, merges_into
from crm.services.plans import plan_in_words
from crm.services.put_back import undo_part
from crm.services.rights import form_of, may, may_take_back, may_undo, may_view, readable_changes
from crm.services.undo import plan_undo
from crm.services.values import NameBook
from crm.services.wording import lines_of

CHANGE_SETS_PER_PAGE = 20
LARGEST_NUMBER = 2**63 - 1


class DayForm(forms.Form):
    day = forms.DateField(
        label=_("The record as of"),
        widget=DateInput,
        error_messages={"required": _("Choose a day."), "invalid": _("That is no date. Write it as 2018-05-17.")},
    )

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("That day has not come yet."))
        if day.year < 1900:
            raise forms.ValidationError(_("That is too long ago."))
        return day


class RecordMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    """A page about a record that the register has, or once had."""

    model = None
    header_icon = "history"
    index_url_name = None
    edit_url_name = None
    history_url_name = None
    as_of_url_name = None
    put_back_url_name = None
    any_permission_required = ("view", "add", "change", "delete")

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.pk = kwargs["pk"]

    @cached_property
    def record(self):
        if self.pk > LARGEST_NUMBER:
            raise Http404
        record = self.model._base_manager.filter(pk=self.pk).first()
        if record is None and self.deletion is None:
            raise Http404
        return record

    @cached_property
    def deletion(self):
        return last_deletion(self.model, self.pk)

    @cached_property
    def key(self):
        return self.model._meta.label_lower, self.pk

    @cached_property
    def record_name(self):
        if self.record is not None:
            return str(self.record)
        names = NameBook()
        names.want(self.model, self.pk)
        return names.load().get(self.key, "")

    @cached_property
    def changes(self):
        found = changes_of(self.model, self.pk)
        condition = readable_changes(self.request.user)
        return found.filter(condition) if condition else found

    @cached_property
    def history_url(self):
        return reverse(self.history_url_name, args=[self.pk])

    def get_page_subtitle(self):
        return self.record_name

    def get_breadcrumbs_items(self):
        items = [*self.breadcrumbs_items, {"url": reverse(self.index_url_name), "label": capfirst(self.model._meta.verbose_name_plural)}]
        if self.edit_url:
            items.append({"url": self.edit_url, "label": self.record_name})
        return [*items, *self.trail]

    @property
    def trail(self):
        return [{"url": "", "label": gettext("History"), "sublabel": self.record_name}]

    @cached_property
    def edit_url(self):
        return reverse(self.edit_url_name, args=[quote(self.pk)]) if self.record is not None and self.user_has_permission("change") else ""

    @cached_property
    def header_buttons(self):
        return [HeaderButton(gettext("Edit"), url=self.edit_url, icon_name="edit")] if self.edit_url else []


class HistoryView(RecordMixin, TemplateView):
    template_name = "admin/register/history.html"
    page_title = _("History")

    def get_context_data(self, **kwargs):
        self.record  # noqa: B018 -- 404 before anything else is asked
        filters = filters_of(self.changes, self.model, self.request.GET)
        changes, change_sets = filtered(self.changes, filters)
        paginator = WagtailPaginator(change_sets, CHANGE_SETS_PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        entries = entries_of(changes, page.object_list, about=self.key, column=filters.column)
        self.mark_what_may_be_put_back(entries)
        began = ChangeSet.objects.order_by("at").values_list("at", flat=True).first()
        return super().get_context_data(
            record=self.record,
            record_name=self.record_name,
            deletion=self.deletion if self.record is None else None,
            may_bring_back=self.record is None and self.merge is None and may_take_back(self.request.user, self.deletion),
            merge=self.merge,
            merges=self.merges,
            filters=filters,
            entries=entries,
            page=page,
            elided_page_range=paginator.get_elided_page_range(self.request.GET.get("p", 1)),
            day_form=DayForm(initial={"day": timezone.localdate()}),
            as_of_url=reverse(self.as_of_url_name, args=[self.pk]),
            history_url=None,  # no button in the header that leads to this very page
            own_history_url=self.history_url,
            began=began,
            is_complete=self.changes.filter(model=self.key[0], object_id=self.pk, action=Change.Action.CREATED).exists(),
            **kwargs,
        )

    @cached_property
    def merge(self):
        """The merge by which the record has become part of another one, or None."""
        if self.record is not None or (found := merge_of(self.model, self.pk)) is None:
            return None
        return self.with_links(found)

    @cached_property
    def merges(self):
        """The merges by which others have become part of the record."""
        return [self.with_links(one) for one in merges_into(self.record)] if self.record is not None else []

    def with_links(self, merge):
        merge.url = url_of("inspect", self.model, merge.survivor.pk)
        merge.history_url = reverse(self.history_url_name, args=[merge.merged_record.number])
        merge.may_undo = merge.change_set is not None and may_undo(self.request.user, merge.change_set)
        return merge

    def mark_what_may_be_put_back(self, entries):
        for entry in entries:
            for line in entry.lines:
                line.may_put_back = line.can_be_put_back and may_put_back(self.request.user, line.change, line.column)
                line.url = reverse(self.put_back_url_name, args=[self.pk, line.change.pk]) if line.may_put_back else ""


def may_put_back(user, change, column):
    """As in the forms: who brings back from the archive is who may archive."""
    if column == "archived_at":
        return may(user, "delete", apps.get_model(change.model))
    return may_take_back(user, change)


class PutBackView(RecordMixin, TemplateView):
    """Puts one value back, or brings a deleted line back; asks first when somebody has changed it since."""

    template_name = "admin/register/history_put_back.html"
    page_title = _("Put this value back")
    header_icon = "undo"

    @cached_property
    def change(self):
        self.record  # noqa: B018 -- 404
        number = self.kwargs["change"]
        found = self.changes.select_related("change_set").exclude(action=Change.Action.CREATED)
        return get_object_or_404(found, pk=number if number <= LARGEST_NUMBER else 0)

    @cached_property
    def column(self):
        """The column to put back; None for a deleted record or line as a whole."""
        if self.change.action == Change.Action.DELETED:
            return None
        column = self.request.POST.get("column") or self.request.GET.get("column", "")
        if column not in self.change.before or (column == "archived_at" and self.change.before[column]):
            raise Http404  # what brought it back from the archive is not put back: that would archive it in passing
        return column

    @property
    def trail(self):
        return [{"url": self.history_url, "label": gettext("History")}, {"url": "", "label": self.page_title}]

    def dispatch(self, request, *args, **kwargs):
        if not may_view(request.user, self.model) or not may_put_back(request.user, self.change, self.column):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def names(self):
        names = NameBook()
        names.want_changes([self.change])
        return names.load()

    @cached_property
    def line(self):
        lines = lines_of(self.change, self.names, about=self.key)
        return next((line for line in lines if line.column == (self.column or "")), None)

    @property
    def whose(self):
        """Whose value it is: "Title of Anna Berg at Lärcentrum Lidköping"."""
        if self.column is None or self.line is None:
            return ""
        words = {"label": capfirst(self.line.label), "name": self.record_name, "place": self.line.subject}
        if not self.line.subject:
            return gettext("%(label)s of %(name)s") % words
        if self.change.model != Affiliation._meta.label_lower:
            return gettext("%(label)s of %(name)s (%(place)s)") % words
        row = self.names.rows.get((self.change.model, self.change.object_id), {})
        place = self.names.get(("crm.organisation", row.get("organisation_id")))
        person = self.names.get(("crm.contact", row.get("contact_id")), self.record_name)
        return gettext("%(label)s of %(name)s at %(place)s") % {**words, "name": person, "place": place}

    def get_context_data(self, **kwargs):
        plan = plan_in_words(self.change.change_set, only=(self.change.pk, self.column))
        return super().get_context_data(
            line=self.line,
            whose=self.whose,
            plan=plan,
            can_be_forced=all(conflict["can_force"] for conflict in plan["conflicts"]),
            column=self.column or "",
            own_history_url=self.history_url,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        try:
            done = self.put_back()
        except RegisterError as error:
            messages.error(request, str(error))
        else:
            if done is None:
                return self.get(request, *args, **kwargs)
            messages.success(request, self.what_is_done(), undo_buttons(done))
        return redirect(self.history_url)

    def what_is_done(self):
        is_record = (self.change.model, self.change.object_id) == self.key
        if self.column in (None, "archived_at") and (is_record or self.line is None):
            return gettext("“%(name)s” is back.") % {"name": self.record_name}
        if self.column is None:
            return gettext("%(kind)s %(name)s is back.") % {"kind": capfirst(self.line.label), "name": self.line.subject}
        if self.column == "archived_at":
            return gettext("“%(name)s” is back.") % {"name": self.line.subject}
        return gettext("The value is put back.")

    def put_back(self):
        """Return the change set of doing so, or None when somebody has to be asked first."""
        self.line  # noqa: B018 -- to be named as it was before
        if self.column == "archived_at":
            with change_set(actor=self.request.user, cause=ChangeSet.Cause.ARCHIVING) as opened:
                restore(apps.get_model(self.change.model)._base_manager.get(pk=self.change.object_id), acting_user=self.request.user)
            return opened
        if self.column is None and (self.change.model, self.change.object_id) == self.key:
            return bring_back(self.change, acting_user=self.request.user)
        only = (self.change.pk, self.column)
        conflicts = plan_undo(self.change.change_set, only=only).conflicts
        if conflicts and "force" not in self.request.POST:
            return None
        force = [conflict.key for conflict in conflicts]
        return undo_part(self.change.change_set, only=only, acting_user=self.request.user, force=force)


class AsOfView(RecordMixin, TemplateView):
    template_name = "admin/register/history_as_of.html"
    page_title = _("As of a day")

    @property
    def trail(self):
        return [{"url": self.history_url, "label": gettext("History")}, {"url": "", "label": self.page_title, "sublabel": self.record_name}]

    def get_context_data(self, **kwargs):
        self.record  # noqa: B018 -- 404
        form = DayForm(self.request.GET)
        snapshot = as_of(self.model, self.pk, form.cleaned_data["day"], readable=self.may_read) if form.is_valid() else None
        lines = [line for _heading, lines in snapshot.groups for line in lines] if snapshot else []
        return super().get_context_data(
            form=form,
            snapshot=snapshot,
            added_at=self.added_at(snapshot),
            differs=any(line.fate != "same" for line in lines) or any(value.differs for value in (snapshot.values if snapshot else ())),
            record_name=self.record_name,
            own_history_url=self.history_url,
            **kwargs,
        )

    def added_at(self, snapshot):
        """When the record came into the register, if that was after the day; None otherwise."""
        if snapshot is None or snapshot.exists:
            return None
        created = Change.objects.filter(model=self.key[0], object_id=self.pk, action=Change.Action.CREATED).order_by("pk")
        moment = created.values_list("change_set__at", flat=True).first() or getattr(self.record, "created_at", None)
        return moment if moment and timezone.localdate(moment) > snapshot.day else None

    def may_read(self, model):
        """Whether lines of a model may be shown here: those of the record's own form, and those that have a form one may see."""
        kind = self.model._meta.model_name
        form = form_of(Change(model=model._meta.label_lower, **{f"{kind}_id": self.pk}))
        return may_view(self.request.user, form)


class HistoryMixin:
    """For viewsets: the history of each record, in place of Wagtail's."""

    history_view_class = HistoryView

    def get_history_view_kwargs(self, **kwargs):
        names = {"as_of_url_name": self.get_url_name("as_of"), "put_back_url_name": self.get_url_name("put_back")}
        return super().get_history_view_kwargs(**names, **kwargs)

    def get_urlpatterns(self):
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name != "history_results"]
        return [
            *patterns,
            path("history/<int:pk>/as-of/", self.construct_view(AsOfView, header_icon="history"), name="as_of"),
            path("history/<int:pk>/put-back/<int:change>/", self.construct_view(PutBackView, header_icon="undo"), name="put_back"),
        ]


def url_of(page, model, pk):
    """Where a page ("edit", "history") of a record of the register stands; "" for what has none."""
    try:
        return reverse(f"{model._meta.model_name}:{page}", args=[pk])
    except NoReverseMatch:
        return ""


def buttons_to_undo_this(user):
    """The same, for the change set that is being written, if somebody may undo it."""
    opened = current_change_set.get()
    return undo_buttons(opened) if opened and opened.changes.exists() and may_undo(user, opened) else []


def undo_buttons(change_set, label=""):
    """Buttons for a message: leads to the undo page of what has just been done."""
    return [messages.button(reverse("change_set:undo", args=[change_set.pk]), label or gettext("Undo"))]
