"""The page of a meeting, and what one does there: cancel it, tell of another time, send the minutes, note what was agreed on."""

from contextlib import suppress

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from crm.forms.meetings import AgreedForm, CancelForm, MinutesForm, TellForm
from crm.forms.records import MEETING_SPOTS
from crm.models import Activity, ChangeSet, Contact, Participation
from crm.services.invitations import addresses_of
from crm.services.ledger import change_set
from crm.services.meeting_mails import (
    cancel_and_tell,
    in_calendars_of_removed,
    out_of_date,
    send_again,
    send_change,
    send_minutes,
    tell_removed,
    to_be_told_of_cancellation,
)
from crm.services.rights import may_view
from crm.services.tasks import add_task
from crm.services.timeline_streams import kind_in_words
from crm.viewsets.attendance import AttendanceView
from crm.viewsets.history import buttons_to_undo_this
from crm.viewsets.invitations import InviteView
from crm.viewsets.record import RecordView, key
from crm.viewsets.record_files import DocumentView
from crm.viewsets.returning import with_return

NO_MEETINGS = (Activity.Kind.CALL, Activity.Kind.LETTER, Activity.Kind.NOTE)


def when(meeting):
    """ "12 december 2026 13:00–15:00"."""
    day = date_format(meeting.day, "DATE_FORMAT")
    if meeting.starts_at is None:
        return day
    begins = f"{meeting.starts_at:%H:%M}"
    return f"{day} {begins}–{meeting.ends.astimezone(meeting.begins.tzinfo):%H:%M}" if meeting.minutes else f"{day} {begins}"


class MeetingView(RecordView):
    template_name = "admin/register/meeting.html"
    spots = MEETING_SPOTS
    quick_form = None  # what there is to note has its own places on this page

    def post(self, request, *args, **kwargs):
        do = {"agree": self.agree, "send_again": self.send_again}.get(request.POST.get("do"))
        response = do() if do else None
        return response or super().post(request, *args, **kwargs)

    def value_of(self, spot):
        return when(self.object) if spot.key == "when" else super().value_of(spot)

    @property
    def head_lines(self):
        return [kind_in_words(self.object)]

    @property
    def linked_facts(self):
        return [(_("Network"), self.object.network), (_("Project"), self.object.project)]

    @cached_property
    def header_buttons(self):
        url = self.get_edit_url()
        return [HeaderButton(_("Edit"), url=with_return(url, self.own_url), icon_name="edit", attrs=key("e", _("Edit")))] if url else []

    @cached_property
    def agreed_form(self):
        if not self.request.user.has_perm("crm.add_task"):
            return None
        return AgreedForm(self.request.POST if self.request.POST.get("do") == "agree" else None, initial={"assignee": self.request.user.pk})

    def agree(self):
        if self.agreed_form is None:
            raise PermissionDenied
        if not self.agreed_form.is_valid():
            return None
        about = {"network": self.object.network, "project": self.object.project, "activity": self.object}
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            task = add_task(**self.agreed_form.cleaned_data, **about, acting_user=self.request.user)
            buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, _("Noted: %(what)s.") % {"what": task.what}, buttons=buttons)
        return HttpResponseRedirect(f"{self.own_url}#tasks")

    def send_again(self):
        if not self.may_edit or not may_view(self.request.user, Contact):
            raise PermissionDenied
        number = self.request.POST.get("mailing", "")
        mailing = get_object_or_404(self.object.mailings, pk=number if number.isdecimal() and len(number) < 19 else 0)
        sent = send_again(mailing)
        messages.success(
            self.request, ngettext("%(number)d mail is sent again.", "%(number)d mails are sent again.", sent) % {"number": sent}
        )
        return HttpResponseRedirect(f"{self.own_url}#mailings")

    def get_context_data(self, **kwargs):
        meeting, user = self.object, self.request.user
        may_mail = self.may_edit and not meeting.is_archived and may_view(user, Contact)
        is_meeting = meeting.kind in Activity.MEETINGS
        is_ahead = not meeting.is_cancelled and not meeting.is_over
        context = super().get_context_data(
            agreed_form=self.agreed_form,
            may_mark=self.may_edit and meeting.kind not in NO_MEETINGS and not meeting.is_cancelled,
            may_invite=may_mail and is_meeting and bool(meeting.network_id) and not meeting.is_cancelled and not meeting.is_over,
            may_cancel=self.may_edit and meeting.kind not in NO_MEETINGS and not meeting.is_cancelled and not meeting.is_over,
            may_send_minutes=may_mail and not meeting.is_cancelled,
            out_of_date=out_of_date(meeting) if may_mail and is_ahead else [],
            removed=in_calendars_of_removed(meeting) if may_mail and is_ahead else [],
            timeline_last=True,
            minutes_spot=self.shown_spots["text"],
            **kwargs,
        )
        context["facts"] = [spot for spot in context["facts"] if spot.key != "text"]
        return context


class MeetingStepView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Something about a meeting that is confirmed on a page of its own, which says what will happen."""

    model = Activity
    permission_required = "change"
    header_icon = "calendar"
    submit = ""

    @cached_property
    def meeting(self):
        return get_object_or_404(Activity.objects.active().select_related("network"), pk=self.kwargs["pk"])

    @property
    def own_url(self):
        return reverse("activity:meeting", args=[self.meeting.pk])

    def dispatch(self, request, *args, **kwargs):
        if not may_view(request.user, Contact):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self):
        return str(self.meeting)

    def get_breadcrumbs_items(self):
        lists = {"url": reverse("activity:index"), "label": _("Activities")}
        own = {"url": self.own_url, "label": str(self.meeting)}
        return [*super().get_breadcrumbs_items(), lists, own, {"url": "", "label": self.page_title}]

    @cached_property
    def form(self):
        return self.make_form(self.request.POST if self.request.method == "POST" else None)

    def post(self, request, *args, **kwargs):
        if not self.form.is_valid():
            return self.get(request, *args, **kwargs)
        with suppress(IntegrityError):  # two clicks at the same moment: the other one has done it
            self.carry_out(**self.form.cleaned_data)
        return redirect(self.own_url)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            form=self.form, meeting=self.meeting, when=when(self.meeting), submit=self.submit, own_url=self.own_url, **kwargs
        )


class CancelView(MeetingStepView):
    template_name = "admin/register/meeting_cancel.html"
    page_title = gettext_lazy("Cancel the meeting")
    submit = gettext_lazy("Cancel the meeting")

    def make_form(self, data):
        form = CancelForm(data)
        if not self.told:
            del form.fields["tell"]
        return form

    @cached_property
    def told(self):
        return to_be_told_of_cancellation(self.meeting)

    def carry_out(self, *, key, reason, tell=False):
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            cancel_and_tell(self.meeting, reason=reason, key=key, tell=tell, acting_user=self.request.user)
            buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, _("The meeting is cancelled."), buttons=buttons)

    def get_context_data(self, **kwargs):
        return super().get_context_data(mails=self.told, **kwargs)


class TellView(MeetingStepView):
    """A mail about a meeting that is still to come."""

    submit = gettext_lazy("Send")

    def make_form(self, data):
        return TellForm(data)

    def carry_out(self, *, key, text):
        if self.meeting.is_cancelled or self.meeting.is_over:
            messages.error(self.request, _("The meeting is over or cancelled, so nothing was sent."))
            return
        self.send(key=key, text=text, acting_user=self.request.user)
        messages.success(self.request, self.confirmation)

    def get_context_data(self, **kwargs):
        return super().get_context_data(mails=self.recipients(), **kwargs)


class ChangeView(TellView):
    """Another time or place, told to those whose calendars say something else."""

    template_name = "admin/register/meeting_tell.html"
    page_title = gettext_lazy("Send the change")
    confirmation = gettext_lazy("The change is being sent.")

    def recipients(self):
        return out_of_date(self.meeting)

    def send(self, **values):
        send_change(self.meeting, **values)


class RemovedView(TellView):
    """Who was called, and has been taken off the list since, is told."""

    template_name = "admin/register/meeting_tell_removed.html"
    page_title = gettext_lazy("Take it out of the calendar")
    confirmation = gettext_lazy("Those who are no longer called are being told.")

    def recipients(self):
        return in_calendars_of_removed(self.meeting)

    def send(self, **values):
        tell_removed(self.meeting, **values)


class MinutesView(MeetingStepView):
    template_name = "admin/register/meeting_send_minutes.html"
    page_title = gettext_lazy("Send the minutes")
    submit = gettext_lazy("Send")

    def make_form(self, data):
        return MinutesForm(data, documents=self.meeting.documents.all())

    @cached_property
    def everybody(self):
        return addresses_of(self.meeting)

    @property
    def came(self):
        return [guest for guest in self.everybody if guest.how == Participation.How.ATTENDED]

    def carry_out(self, *, key, to, text, attachments=()):
        guests = [guest for guest in (self.came if to == "attended" else self.everybody) if not guest.reason]
        if not guests or not (self.meeting.text or attachments):
            messages.error(self.request, _("There is nobody to send it to, or nothing to send, so nothing was sent."))
            return
        recipients = [(guest.contact, guest.email, guest.normalised) for guest in guests]
        documents = [document.pk for document in attachments]
        send_minutes(self.meeting, recipients, key=key, text=text, attachments=documents, acting_user=self.request.user)
        sentence = ngettext("The minutes go to %(number)d person.", "The minutes go to %(number)d people.", len(guests))
        messages.success(self.request, sentence % {"number": len(guests)})

    def get_context_data(self, **kwargs):
        sent_before = self.meeting.mailings.filter(kind="minutes").order_by("-pk").first()
        return super().get_context_data(everybody=self.everybody, came=self.came, sent_before=sent_before, **kwargs)


class MeetingViewSetMixin:
    """For the viewset of activities."""

    def get_urlpatterns(self):
        pk = f"<{self.pk_path_converter}:pk>"
        names = {name: self.get_url_name(name.removesuffix("_url_name")) for name in ("restore_url_name", "history_url_name")}
        page = self.construct_view(MeetingView, list_view=self.index_view, inspect_url_name=self.get_url_name("meeting"), **names)
        return [
            *super().get_urlpatterns(),
            path(f"meeting/{pk}/", page, name="meeting"),
            path(f"meeting/{pk}/attendance/", self.construct_view(AttendanceView, header_icon="group"), name="attendance"),
            path(f"meeting/{pk}/call/", self.construct_view(InviteView, header_icon="mail"), name="invite"),
            path(f"meeting/{pk}/change/", self.construct_view(ChangeView, header_icon="mail"), name="tell_change"),
            path(f"meeting/{pk}/removed/", self.construct_view(RemovedView, header_icon="mail"), name="tell_removed"),
            path(f"meeting/{pk}/cancel/", self.construct_view(CancelView, header_icon="cross"), name="cancel"),
            path(f"meeting/{pk}/minutes/", self.construct_view(MinutesView, header_icon="mail"), name="send_minutes"),
            path(f"document/{pk}/<int:number>/", self.construct_view(DocumentView), name="document"),
        ]
