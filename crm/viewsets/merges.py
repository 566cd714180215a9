"""Two records side by side, what would be written when they become one, and then the doing. Nothing is written before that."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from crm.exceptions import RegisterError
from crm.models import Contact
from crm.services.merge_plans import plan_merge
from crm.services.merge_words import fields_in_words, lines_in_words, names_of, related
from crm.services.merged_records import survivor_of
from crm.services.merges import merge
from crm.services.rights import may_merge
from crm.viewsets.choosers import contact_chooser, organisation_chooser
from crm.viewsets.history import LARGEST_NUMBER, undo_buttons

ICON = "resubmit"
# A choice in the form is called "choose-note".
CHOICE = "choose-"


def merge_url(model, kept, gone):
    return reverse(f"{model._meta.model_name}:merge", args=[kept, gone])


def facts_of(record):
    """What tells two records of the same name apart."""
    yield gettext("No. %(number)d") % {"number": record.pk}
    if record.is_archived:
        yield gettext("archived")
    if isinstance(record, Contact):
        yield from map(str, record.affiliations.current().newest_first().select_related("role", "organisation")[:2])
        yield gettext("added on %(day)s") % {"day": date_format(timezone.localdate(record.created_at))}
    else:
        yield from filter(None, [record.get_kind_display(), record.city])


class MergersOnlyMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    model = None
    any_permission_required = ("change", "delete")
    page_title = _("Merge")
    header_icon = ICON

    def dispatch(self, request, *args, **kwargs):
        if not may_merge(request.user, self.model):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def record(self, name):
        """Return the record of an address, followed where it has become part of another one."""
        number = min(self.kwargs[name], LARGEST_NUMBER)
        record = self.model.objects.filter(pk=number).first() or survivor_of(self.model, number)
        if record is None:
            raise Http404
        return record

    def url(self, page, *numbers):
        return reverse(f"{self.model._meta.model_name}:{page}", args=numbers)

    def get_page_subtitle(self):
        return str(self.kept)

    def get_breadcrumbs_items(self):
        items = [
            {"url": self.url("index"), "label": capfirst(self.model._meta.verbose_name_plural)},
            {"url": self.url("inspect", self.kept.pk), "label": str(self.kept)},
            {"url": "", "label": self.page_title},
        ]
        return [*super().get_breadcrumbs_items(), *items]

    def get_context_data(self, **kwargs):
        return super().get_context_data(kept=self.kept, kept_url=self.url("inspect", self.kept.pk), **kwargs)


class OtherForm(forms.Form):
    """Which record is the same as this one?"""

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = record
        is_contact = isinstance(record, Contact)
        self.fields["other"] = forms.ModelChoiceField(
            label=_("The other contact") if is_contact else _("The other organisation"),
            queryset=type(record).objects.all(),
            widget=(contact_chooser if is_contact else organisation_chooser).widget_class(),
        )

    def clean_other(self):
        if self.cleaned_data["other"] == self.record:
            raise forms.ValidationError(_("That is the same record. Choose the other one."))
        return self.cleaned_data["other"]


class MergeWithView(MergersOnlyMixin, TemplateView):
    template_name = "admin/register/merge_with.html"

    @cached_property
    def kept(self):
        return self.record("pk")

    def get(self, request, *args, **kwargs):
        form = OtherForm(request.GET if "other" in request.GET else None, record=self.kept)
        if form.is_bound and form.is_valid():
            return redirect(merge_url(self.model, self.kept.pk, form.cleaned_data["other"].pk))
        return self.render_to_response(self.get_context_data(form=form, media=form.media))


class MergeView(MergersOnlyMixin, TemplateView):
    """First what stays of what both say, then what will be written."""

    template_name = "admin/register/merge.html"

    @cached_property
    def kept(self):
        return self.record("pk")

    @cached_property
    def gone(self):
        return self.record("other")

    def dispatch(self, request, *args, **kwargs):
        if may_merge(request.user, self.model) and self.kept == self.gone:
            messages.warning(request, gettext("Both are the same record."))
            return redirect(f"{self.model._meta.model_name}:inspect", self.kept.pk)
        return super().dispatch(request, *args, **kwargs)

    @property
    def choices(self):
        given = self.request.POST or self.request.GET
        return {name.removeprefix(CHOICE): value for name, value in given.items() if name.startswith(CHOICE)}

    def get(self, request, *args, **kwargs):
        return self.compare()

    def post(self, request, *args, **kwargs):
        do = {"swap": self.swap, "preview": self.preview, "carry_out": self.carry_out}
        return do.get(request.POST.get("step"), self.compare)()

    def plan(self):
        return plan_merge(self.kept, self.gone, self.choices)

    def compare(self):
        plan = self.plan()
        names = names_of(plan)
        rows = [
            {
                "name": f"{CHOICE}{row.name}",
                "label": row.label,
                "options": [(choice, text, choice == row.chosen) for choice, text in row.options(names)],
            }
            for row in [*plan.fields, *plan.points]
            if not row.is_same
        ]
        same = [(row.label, text) for row in plan.fields if row.is_same and (text := row.options(names)[0][1])]
        return self.show(1, plan, rows=rows, same=same, related=related(plan, self.request.user))

    def swap(self):
        """The other one stays; what somebody has chosen otherwise than is usual stays chosen."""
        plan = self.plan()
        own = {f"{CHOICE}{row.name}": row.chosen for row in [*plan.fields, *plan.points] if row.chosen != row.default}
        url = merge_url(self.model, self.gone.pk, self.kept.pk)
        return redirect(f"{url}?{urlencode(own)}" if own else url)

    def preview(self):
        plan = self.plan()
        if plan.refusals:
            return self.compare()
        names = names_of(plan)
        lines, hidden = lines_in_words(plan, names, self.request.user)
        own = [(f"{CHOICE}{row.name}", row.chosen) for row in [*plan.fields, *plan.points]]
        return self.show(2, plan, fields=fields_in_words(plan, names), lines=lines, hidden=hidden, choices=own)

    def carry_out(self):
        words = {"gone": str(self.gone), "kept": str(self.kept)}
        try:
            done = merge(self.kept, self.gone, self.choices, mark=self.request.POST.get("mark", ""), acting_user=self.request.user)
        except RegisterError as error:
            messages.warning(self.request, str(error))
            return self.again()
        except IntegrityError:
            messages.error(
                self.request, gettext("This contradicts what somebody has stored meanwhile. Nothing is changed; look through it once more.")
            )
            return self.again()
        messages.success(self.request, gettext("“%(gone)s” is a part of “%(kept)s” now.") % words, buttons=undo_buttons(done))
        return redirect(self.url("inspect", self.kept.pk))

    def again(self):
        """Show the second step as things stand now; where one of them is gone, the one that is left."""
        for name in ("kept", "gone"):
            self.__dict__.pop(name, None)
        if self.kept == self.gone:
            return redirect(self.url("inspect", self.kept.pk))
        return self.preview()

    @property
    def sides(self):
        fates = ((self.kept, gettext("This one stays")), (self.gone, gettext("This one becomes a part of it")))
        return [
            {
                "record": record,
                "fate": fate,
                "url": self.url("inspect", record.pk),
                "picture_url": self.url("picture", record.pk) if record.picture else "",
                "is_logo": not isinstance(record, Contact),
                "facts": facts_of(record),
            }
            for record, fate in fates
        ]

    def show(self, step, plan, **context):
        return self.render_to_response(
            self.get_context_data(
                step=step,
                sides=self.sides if step == 1 else (),
                plan=plan,
                gone=self.gone,
                gone_url=self.url("inspect", self.gone.pk),
                refusals=plan.refusals,
                **context,
            )
        )


class FollowsMergeMixin:
    """The address of what has become part of another record leads to that one."""

    missing = None  # that there is no such record; told only once somebody's permission has been asked

    def setup(self, request, *args, **kwargs):
        try:
            super().setup(request, *args, **kwargs)
        except Http404 as missing:
            self.missing = missing

    def get(self, request, *args, **kwargs):
        return self._follow(super().get, request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        return self._follow(super().post, request, *args, **kwargs)

    def _follow(self, respond, request, *args, **kwargs):
        try:
            if self.missing:
                raise self.missing
            return respond(request, *args, **kwargs)
        except Http404:
            survivor = survivor_of(self.model, min(int(kwargs["pk"]), LARGEST_NUMBER))
            if survivor is None:
                raise
        messages.info(request, gettext("What stood here is a part of “%(name)s” now.") % {"name": survivor})
        return redirect(f"{self.model._meta.model_name}:inspect", survivor.pk)


class MergeableRecordMixin:
    """For the page of a record: leads to merging it."""

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if not may_merge(self.request.user, self.model):
            return buttons
        url = reverse(f"{self.model._meta.model_name}:merge_with", args=[self.object.pk])
        return [*buttons, Button(gettext("Merge with…"), url=url, icon_name=ICON, priority=17)]


class MergeableViewSetMixin:
    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("merge/<int:pk>/", self.construct_view(MergeWithView), name="merge_with"),
            path("merge/<int:pk>/<int:other>/", self.construct_view(MergeView), name="merge"),
        ]
