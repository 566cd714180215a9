from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from crm.exceptions import RegisterError
from crm.exporting import SeatRequestExport
from crm.filters.choices import RecordFilter
from crm.filters.seat_requests import SeatRequestFilterSet
from crm.forms.seat_requests import AnswerForm
from crm.models import ChangeSet, Contact, Course, Organisation, SeatRequest
from crm.services.ledger import change_set
from crm.services.rights import may
from crm.services.seat_requests import address_of, answer_request, confirmation, lock_course, next_in_line, settle_state
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this
from crm.viewsets.holdings import LinkedColumn
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin, with_return


class SeatRequestListFilterSet(SeatRequestFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    organisation = RecordFilter(label=_("Organisation"), queryset=Organisation.objects.all(), widget=OrganisationFilterWidget)
    contact = RecordFilter(label=_("Asking contact"), queryset=Contact.objects.all(), widget=ContactFilterWidget)


def answer_url(request, back_to=""):
    return with_return(reverse("seatrequest:answer", args=[request.pk]), back_to)


class SeatRequestIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    title_label = _("Who asks")
    title_sort_key = "asker_key"
    title_width = "28%"

    def get_base_queryset(self):
        return super().get_base_queryset().with_asker_key().select_related("contact", "organisation", "course")

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if self.user_has_permission("change"):
            buttons.append(MenuItem(_("Answer"), url=answer_url(instance, self.this_url), icon_name="check", priority=5))
        return buttons


class SeatsMixin:
    """Looks once more whether the seats are there, at the moment of saving: two people may confirm the last one."""

    def form_valid(self, form):
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            before = SeatRequest.objects.filter(pk=form.instance.pk).first()
            courses = {one.course_id for one in (before, form.instance) if one}
            locked = [lock_course(pk) for pk in sorted(courses)]
            try:
                form.instance.clean()
            except ValidationError as error:
                form.add_error(None, error)
                self.produced_error_message = self.get_error_message()
                return self.form_invalid(form)
            if before is None or before.state != form.instance.state:
                form.instance.answered_on = form.instance.answered_on or (
                    timezone.localdate() if form.instance.state != SeatRequest.State.ASKED else None
                )
            response = super().form_valid(form)
            for course in locked:
                settle_state(course)
            return response


class SeatRequestCreateView(SeatsMixin, ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return SeatRequest(
            course=self.record_of("course", Course),
            organisation=self.record_of("organisation", Organisation),
            contact=self.record_of("contact", Contact),
            asked_on=timezone.localdate(),
        )


class SeatRequestEditView(SeatsMixin, ReturningMixin, RegisterEditView):
    pass


class AnswerView(WagtailAdminTemplateMixin, FormView):
    """Confirm, put on the waiting list, decline, withdraw: one page, on which the mail is read before it goes out."""

    template_name = "admin/register/seat_request_answer.html"
    form_class = AnswerForm
    page_title = _("Answer a seat request")
    header_icon = "check"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, "change", SeatRequest):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def seat_request(self):
        found = SeatRequest.objects.select_related("course__provider", "organisation", "contact", "participant")
        return get_object_or_404(found, pk=min(self.kwargs["pk"], LARGEST_NUMBER))

    @cached_property
    def came_from(self):
        return get_valid_next_url_from_request(self.request)

    def get_page_subtitle(self):
        return str(self.seat_request.course)

    def get_breadcrumbs_items(self):
        course = self.seat_request.course
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("course:index"), "label": gettext("Courses")},
            {"url": reverse("course:inspect", args=[course.pk]), "label": str(course)},
            {"url": "", "label": str(self.seat_request)},
        ]

    def get_initial(self):
        asked = self.request.GET.get("state", "")
        if asked not in SeatRequest.State.values:
            asked = SeatRequest.State.WAITING if self.is_too_much else SeatRequest.State.CONFIRMED
        return {"state": asked, "reason": self.seat_request.reason}

    @cached_property
    def left(self):
        return self.seat_request.course.seats_left(without=self.seat_request.pk)

    @property
    def is_too_much(self):
        return self.left is not None and self.seat_request.seats > self.left

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "address": address_of(self.seat_request)}

    def form_valid(self, form):
        data = form.cleaned_data
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            try:
                answered = answer_request(
                    self.seat_request,
                    state=data["state"],
                    acting_user=self.request.user,
                    reason=data["reason"],
                    mail=data.get("mail", False),
                )
            except RegisterError as error:
                form.add_error(None, str(error))
                return self.form_invalid(form)
            buttons = buttons_to_undo_this(self.request.user)
        words = {"who": answered, "state": answered.get_state_display()}
        messages.success(self.request, gettext("%(who)s: %(state)s.") % words, buttons=buttons)
        self._tell_of_the_next(answered.course)
        return HttpResponseRedirect(self.came_from or reverse("course:inspect", args=[answered.course_id]))

    def _tell_of_the_next(self, course):
        """Somebody who is given up a seat leaves it to whoever waits, when a person says so."""
        waiting = next_in_line(Course.objects.get(pk=course.pk))
        if waiting and self.seat_request.state == SeatRequest.State.CONFIRMED:
            url = f"{reverse('seatrequest:answer', args=[waiting.pk])}?state=confirmed"
            button = messages.button(url, gettext("Give the seats to the next in line"))
            words = {"who": waiting, "seats": waiting.seats}
            messages.warning(self.request, gettext("%(who)s waits for %(seats)s seats.") % words, buttons=[button])

    def get_context_data(self, **kwargs):
        request = self.seat_request
        mail = None
        if address_of(request):
            with translation.override(request.contact.language):
                mail = confirmation(request)
        return super().get_context_data(
            seat_request=request,
            left=self.left,
            is_too_much=self.is_too_much,
            mail=mail,
            came_from=self.came_from,
            **kwargs,
        )


class SeatRequestViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = SeatRequest
    icon = "form"
    menu_label = _("Seat requests")
    menu_order = 417
    index_view_class = SeatRequestIndexView
    add_view_class = SeatRequestCreateView
    edit_view_class = SeatRequestEditView
    filterset_class = SeatRequestListFilterSet
    import_kind = "seat_requests"
    exportable_class = SeatRequestExport
    list_display = [
        LinkedColumn("course", label=_("Course"), sort_key="course__sort_key"),
        NumberColumn("seats", label=_("Seats"), sort_key="seats", has_total=True),
        ListColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        DayColumn("asked_on", label=_("Asked on"), sort_key="asked_on"),
        DayColumn("answered_on", label=_("Answered on"), sort_key="answered_on", may_be_missing=True),
    ]
    more_columns = [
        LinkedColumn("organisation", label=_("Organisation"), sort_key="organisation__sort_key"),
        LinkedColumn("contact", label=_("Asking contact"), sort_key="contact__sort_key"),
        ListColumn("participant", label=_("For the contact"), related=["participant"], sort_key="participant__sort_key"),
        ListColumn("for_whom", label=_("For whom"), sort_key="for_whom"),
        DayColumn("course_since", label=_("Course begins"), accessor="course.since", sort_key="course__since"),
        ListColumn("reason", label=_("Reason"), sort_key="reason"),
        DayColumn("mailed_at", label=_("Confirmation mailed"), sort_key="mailed_at", may_be_missing=True),
        ListColumn("note", label=_("Note"), sort_key="note"),
    ]
    groupings = [
        RecordGrouping("course", _("Course"), Course, "course", "course__sort_key"),
        ChoiceGrouping("state", _("State"), SeatRequest.State.choices, "state"),
        RecordGrouping("organisation", _("Organisation"), Organisation, "organisation", "organisation__sort_key"),
    ]
    panels = [
        FieldPanel("course"),
        FieldRowPanel([FieldPanel("organisation"), FieldPanel("contact")]),
        FieldRowPanel([FieldPanel("seats"), FieldPanel("asked_on")]),
        FieldRowPanel([FieldPanel("participant"), FieldPanel("for_whom")]),
        FieldRowPanel([FieldPanel("state"), FieldPanel("answered_on")]),
        FieldPanel("reason"),
        FieldPanel("note"),
    ]

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("answer/<int:pk>/", AnswerView.as_view(), name="answer")]
