"""The attendance list of a meeting, made for a phone at the door: one tap for each who comes. Works without a script, one page a tap."""

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.forms.meetings import NewcomerForm
from crm.models import Activity, Contact, Participation
from crm.services.attendance import add_attendee, add_newcomer, mark, set_unnamed
from crm.services.meetings import numbers_of
from crm.services.rights import may_view

FOUND = 8
MOST_UNNAMED = 5000


class AttendanceView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "admin/register/attendance.html"
    model = Activity
    permission_required = "change"
    page_title = gettext_lazy("Attendance")
    header_icon = "group"

    @cached_property
    def meeting(self):
        found = Activity.objects.active().not_cancelled().select_related("network")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def own_url(self):
        return reverse("activity:attendance", args=[self.meeting.pk])

    def get_page_subtitle(self):
        return str(self.meeting)

    def get_breadcrumbs_items(self):
        lists = {"url": reverse("activity:index"), "label": _("Activities")}
        own = {"url": reverse("activity:meeting", args=[self.meeting.pk]), "label": str(self.meeting)}
        return [*super().get_breadcrumbs_items(), lists, own, {"url": "", "label": self.page_title}]

    @property
    def may_find(self):
        return may_view(self.request.user, Contact)

    @property
    def may_add(self):
        return self.may_find and self.request.user.has_perms(["crm.add_contact", "crm.add_contactpoint", "crm.add_affiliation"])

    @cached_property
    def newcomer_form(self):
        if not self.may_add:
            return None
        data = self.request.POST if "newcomer" in self.request.POST else None
        return NewcomerForm(data, network=self.meeting.network)

    def post(self, request, *args, **kwargs):
        """One button each: mark=17:attended, add=3 (a contact), unnamed=+1, newcomer."""
        for name in ("mark", "add", "unnamed", "newcomer"):
            if name in request.POST:
                return getattr(self, f"do_{name}")(request.POST[name])
        return HttpResponseRedirect(self.own_url)

    def do_mark(self, value):
        number, _colon, how = value.partition(":")
        participation = get_object_or_404(self.meeting.participations, pk=_number(number))
        if how in ("", *Participation.NOTED):
            mark(participation, how, acting_user=self.request.user)
        return self.answer(f"p{participation.pk}", pk=participation.pk, how=participation.how)

    def do_add(self, value):
        contact = get_object_or_404(Contact.objects.active() if self.may_find else Contact.objects.none(), pk=_number(value))
        return self.answer_added(add_attendee(self.meeting, contact, acting_user=self.request.user))

    def do_unnamed(self, value):
        before = self.numbers.unnamed
        number = before + int(value) if value in ("+1", "-1") else _number(value)
        set_unnamed(self.meeting, min(number, MOST_UNNAMED), acting_user=self.request.user)
        return self.answer("unnamed")

    def do_newcomer(self, value):
        form = self.newcomer_form
        if form is None or not form.is_valid():
            return self.get(self.request)
        if form.known:
            return self.answer_added(add_attendee(self.meeting, form.known, acting_user=self.request.user))
        cleaned = {"organisation": None, **form.cleaned_data}
        return self.answer_added(add_newcomer(self.meeting, **cleaned, acting_user=self.request.user))

    def answer_added(self, participation):
        messages.success(self.request, _("%(name)s is on the list.") % {"name": participation.contact})
        return HttpResponseRedirect(f"{self.own_url}#p{participation.pk}")

    def answer(self, place, **values):
        if "application/json" not in self.request.headers.get("Accept", ""):
            return HttpResponseRedirect(f"{self.own_url}#{place}")
        self.meeting.refresh_from_db(fields=["head_count"])
        numbers = numbers_of([self.meeting])[self.meeting.pk]
        counts = {name: getattr(numbers, name) for name in ("attended", "stayed_away", "unnamed", "came", "listed")}
        return JsonResponse({"counts": counts, **values})

    @cached_property
    def numbers(self):
        return numbers_of([self.meeting])[self.meeting.pk]

    @cached_property
    def rows(self):
        rows = list(self.meeting.participations.select_related("contact", "organisation"))
        shown = rows if self.may_find else [row for row in rows if row.contact is None]
        return sorted(shown, key=lambda row: ((row.contact or row.organisation).sort_key, row.pk))

    @cached_property
    def query(self):
        return self.request.GET.get("q", "").strip()[:100]

    @cached_property
    def found(self):
        """Contacts that the query finds, those of the network's organisations first; who is on the list already says so."""
        if not self.query or not self.may_find:
            return []
        listed = {row.contact_id: row for row in self.rows}
        found = list(Contact.objects.active().search(self.query).for_list()[:FOUND])
        return [(contact, listed.get(contact.pk)) for contact in found]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            meeting=self.meeting,
            numbers=self.numbers,
            rows=self.rows,
            hidden=self.meeting.participations.count() - len(self.rows),
            query=self.query,
            found=self.found,
            may_find=self.may_find,
            newcomer_form=self.newcomer_form,
            own_url=self.own_url,
            **kwargs,
        )


def _number(text):
    return int(text) if text.isdecimal() and len(text) < 19 else 0
