"""Change of job: a page for each current role of a contact, in two steps. Nothing is written before the second."""

from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from crm.exceptions import RegisterError
from crm.forms.job_changes import FatesForm, JobChangeForm
from crm.models import Affiliation, Contact
from crm.services.job_changes import JobChange, carry_out, last_change_of
from crm.services.rights import may_undo
from crm.viewsets.choosers import contact_chooser, organisation_chooser
from crm.viewsets.history import undo_buttons

ICON = "arrow-right"


def job_change_url(contact):
    return reverse("contact:job_change", args=[contact.pk])


def job_change_button(contact, user):
    """Return [a button that leads here] for whoever may change a contact that is not archived, else []."""
    return [Button(**_button(contact), priority=8)] if _may_leave(contact, user) else []


def job_change_item(contact, user):
    """The same for the menu of a row."""
    return [MenuItem(**_button(contact), priority=15)] if _may_leave(contact, user) else []


def _button(contact):
    return {"label": gettext("Change of job"), "url": job_change_url(contact), "icon_name": ICON}


def _may_leave(contact, user):
    return not contact.is_archived and user.has_perm("crm.change_contact")


class ChooserJobChangeForm(JobChangeForm):
    """The same form, with choosers, which cope with thousands."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_organisation"].widget = organisation_chooser.widget_class()
        self.fields["successor"].widget = contact_chooser.widget_class()


class JobChangeMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    model = Contact
    permission_required = "change"
    page_title = _("Change of job")
    header_icon = ICON

    @cached_property
    def contact(self):
        return get_object_or_404(Contact.objects.active(), pk=self.kwargs["pk"])

    @cached_property
    def roles(self):
        roles = self.contact.affiliations.current().newest_first()
        return list(roles.select_related("contact", "role", "organisation__parent__parent"))

    def get_page_subtitle(self):
        return self.contact.name

    def get_breadcrumbs_items(self):
        items = [
            {"url": reverse("contact:index"), "label": gettext("Contacts")},
            {"url": reverse("contact:inspect", args=[self.contact.pk]), "label": self.contact.name},
            {"url": "", "label": self.page_title},
        ]
        return [*super().get_breadcrumbs_items(), *items]

    def get_context_data(self, **kwargs):
        edit_url, contact_url = (reverse(f"contact:{page}", args=[self.contact.pk]) for page in ("edit", "inspect"))
        return super().get_context_data(contact=self.contact, roles=self.roles, edit_url=edit_url, contact_url=contact_url, **kwargs)


class RolesView(JobChangeMixin, TemplateView):
    """Which role is meant? With one alone, it is that."""

    template_name = "admin/register/job_change_roles.html"

    def get(self, request, *args, **kwargs):
        if len(self.roles) == 1:
            return redirect("contact:job_change_role", self.contact.pk, self.roles[0].pk)
        return super().get(request, *args, **kwargs)


class JobChangeView(JobChangeMixin, TemplateView):
    template_name = "admin/register/job_change.html"

    def dispatch(self, request, *args, **kwargs):
        self.request, self.kwargs = request, kwargs
        if request.user.has_perm("crm.change_contact") and self.affiliation is None:
            return self.ended()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def affiliation(self):
        return next((role for role in self.roles if role.pk == self.kwargs["affiliation"]), None)

    def ended(self):
        get_object_or_404(Affiliation, pk=self.kwargs["affiliation"], contact=self.contact)
        messages.warning(self.request, gettext("This role has ended already."))
        return redirect("contact:inspect", self.contact.pk)

    def form(self, data=None):
        may_add = self.request.user.has_perm("crm.add_contact")
        return ChooserJobChangeForm(data, affiliation=self.affiliation, may_add_contact=may_add)

    def get(self, request, *args, **kwargs):
        return self.ask(self.form())

    def post(self, request, *args, **kwargs):
        form, step = self.form(request.POST), request.POST.get("step")
        if not form.is_valid() or step == "change":
            return self.ask(form)
        change = form.job_change()
        hanging = change.hanging(request.user)
        if step == "carry_out":
            fates = FatesForm(request.POST, hanging=hanging)
            return self.carry_out(form, change, fates) if fates.is_valid() else self.preview(form, change, fates)
        return self.preview(form, change, FatesForm(hanging=hanging).with_defaults(request.POST))

    def ask(self, form):
        """Show the first step; what has been decided in the second goes along, so that going back loses nothing."""
        hanging = JobChange(self.affiliation, form.initial["last_day"]).hanging(self.request.user)
        kept = []
        if form.is_bound and form.is_valid():
            fates = FatesForm(hanging=form.job_change().hanging(self.request.user))
            kept = list(fates.own_choices(self.request.POST))
        return self.render_to_response(self.get_context_data(step=1, form=form, hanging=hanging, kept=kept))

    def preview(self, form, change, fates):
        kept = [(name, value) for name in form.fields for value in self.request.POST.getlist(name)]
        return self.render_to_response(
            self.get_context_data(
                step=2,
                form=form,
                change=change,
                sentences=list(change.sentences()),
                fates=fates,
                kept=kept,
                seen=last_change_of(self.contact),
            )
        )

    def carry_out(self, form, change, fates):
        seen = self.request.POST.get("seen", "")
        try:
            done = carry_out(change, fates.fates, acting_user=self.request.user, seen=int(seen) if seen.isdecimal() else 0)
        except RegisterError as error:
            messages.warning(self.request, str(error))
            return self.again()
        except IntegrityError:
            messages.error(
                self.request, gettext("This contradicts what somebody has stored meanwhile. Nothing is changed; look through it once more.")
            )
            return self.again()
        buttons = undo_buttons(done) if may_undo(self.request.user, done) else []
        messages.success(self.request, self.success_message(change), buttons=buttons)
        return redirect("contact:inspect", self.contact.pk)

    def again(self):
        """Show the second step anew, as things stand now: the objects in hand have been written to in vain."""
        for name in ("roles", "affiliation", "contact"):
            self.__dict__.pop(name, None)
        if self.affiliation is None:
            return self.ended()
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.ask(form)
        change = form.job_change()
        fates = FatesForm(hanging=change.hanging(self.request.user)).with_defaults(self.request.POST)
        return self.preview(form, change, fates)

    @staticmethod
    def success_message(change):
        words = {"person": change.person.name, "role": change.label, "successor": change.successor}
        if change.successor:
            return gettext("%(person)s has left the role %(role)s, and %(successor)s has taken it over.") % words
        return gettext("%(person)s has left the role %(role)s.") % words

    def get_context_data(self, **kwargs):
        return super().get_context_data(affiliation=self.affiliation, media=kwargs["form"].media, **kwargs)


def job_change_patterns(viewset):
    return [
        path("<int:pk>/job-change/", viewset.construct_view(RolesView), name="job_change"),
        path("<int:pk>/job-change/<int:affiliation>/", viewset.construct_view(JobChangeView), name="job_change_role"),
    ]
