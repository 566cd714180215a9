"""Calling a network to a meeting, in two steps: what and when; then who gets a mail, and who does not and why."""

from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.forms.meetings import CallForm, InviteForm
from crm.models import Activity, Contact, MeetingMailing, Network
from crm.services.invitations import call_meeting, guests_of, roles_of_people_at
from crm.services.rights import may_view


class CallView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """To a new meeting of a network."""

    template_name = "admin/register/call.html"
    model = Network
    any_permission_required = ("view", "change")
    page_title = _("Call a meeting")
    header_icon = "mail"
    activity = None
    needed = ("crm.add_activity",)

    def user_has_any_permission(self, permissions):
        user = self.request.user
        return super().user_has_any_permission(permissions) and user.has_perms(self.needed) and may_view(user, Contact)

    @cached_property
    def network(self):
        return get_object_or_404(Network.objects.active(), pk=self.kwargs["pk"])

    @property
    def back_url(self):
        return reverse("network:inspect", args=[self.network.pk])

    def get_page_subtitle(self):
        return str(self.network)

    def get_breadcrumbs_items(self):
        lists = {"url": reverse("network:index"), "label": capfirst(Network._meta.verbose_name_plural)}
        own = {"url": self.back_url, "label": str(self.activity or self.network)}
        return [*super().get_breadcrumbs_items(), lists, own, {"url": "", "label": self.page_title}]

    def form(self, data=None):
        roles = roles_of_people_at(self.network, self.day)
        return CallForm(data, roles=roles, initial={"roles": roles})

    @property
    def day(self):
        return timezone.localdate()

    def get(self, request, *args, **kwargs):
        return self.show(self.form())

    def post(self, request, *args, **kwargs):
        form, step = self.form(request.POST), request.POST.get("step")
        if not form.is_valid() or step == "change":
            return self.show(form)
        guests = guests_of(self.network, form.details.get("day", self.day), roles=form.chosen_roles, activity=self.activity)
        if step == "send":
            chosen = set(request.POST.getlist("guest"))
            called = [guest for guest in guests if not guest.reason and str(guest.contact.pk) in chosen]
            if called:
                return self.send(form, called)
            messages.error(request, gettext("Nobody is chosen, so nothing was sent."))
        return self.show(form, guests)

    def show(self, form, guests=None):
        kept = [(name, value) for name in form.fields for value in self.request.POST.getlist(name)]
        chosen = self.request.POST.getlist("guest") if self.request.POST.get("step") == "send" else None
        context = self.get_context_data(
            form=form,
            network=self.network,
            activity=self.activity,
            details=form.cleaned_data if guests is not None else {},
            kept=kept,
            called=[(one, chosen is None or str(one.contact.pk) in chosen) for one in guests or () if not one.reason],
            left_out=[one for one in guests or () if one.reason],
            step=1 if guests is None else 2,
            back_url=self.back_url,
        )
        return self.render_to_response(context)

    def send(self, form, called):
        values = {**form.details, "text": form.cleaned_data["text"], "key": form.cleaned_data["key"], "acting_user": self.request.user}
        try:
            activity = call_meeting(called, network=self.network, activity=self.activity, **values)
        except IntegrityError:  # two clicks at the same moment: the other one has done it
            activity = get_object_or_404(MeetingMailing, key=form.cleaned_data["key"]).activity
        sentence = ngettext("The invitation goes to %(number)d person.", "The invitation goes to %(number)d people.", len(called))
        messages.success(self.request, sentence % {"number": len(called)})
        return redirect("activity:meeting", activity.pk)


class InviteView(CallView):
    """To a meeting that is written down already: those who came into the network since, and those who were put on its list."""

    model = Activity
    any_permission_required = ("change",)
    page_title = _("Call to the meeting")
    needed = ()

    @cached_property
    def activity(self):
        found = Activity.objects.active().not_cancelled().meetings().select_related("network")
        return get_object_or_404(found, pk=self.kwargs["pk"], network__isnull=False)

    @cached_property
    def network(self):
        return self.activity.network

    @property
    def back_url(self):
        return reverse("activity:meeting", args=[self.activity.pk])

    @property
    def day(self):
        return self.activity.day

    def form(self, data=None):
        roles = roles_of_people_at(self.network, self.day)
        return InviteForm(data, roles=roles, initial={"roles": roles})
