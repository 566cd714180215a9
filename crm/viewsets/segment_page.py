"""The page of a segment: who is in it and why, what was decided by hand, who joins or leaves, where it is used."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from crm.filters.contacts import contacts_in, describe
from crm.forms.dates import DateInput, DayField
from crm.models import ChangeSet, Contact, Segment, SegmentException
from crm.services.ledger import change_set
from crm.services.segment_uses import uses_of
from crm.services.segments import day_of, let_filter_decide, movements, put_in, take_out, why
from crm.viewsets.choosers import contact_chooser
from crm.viewsets.history import buttons_to_undo_this

MEMBERS_PER_PAGE = 20
MOVERS_SHOWN = 50


class ContactField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(queryset=Contact.objects.all(), widget=contact_chooser.widget_class, **kwargs)


class ExceptionForm(forms.Form):
    contact = ContactField(label=_("Contact"), error_messages={"required": _("Choose a contact.")})
    is_in = forms.TypedChoiceField(
        label=_("What to do"),
        choices=[("in", _("Put in")), ("out", _("Take out"))],
        coerce=lambda value: value == "in",
        initial="in",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("For example “asked to be in it, though not a head”.")
    )


class WhyForm(forms.Form):
    why = ContactField(label=_("Contact"), error_messages={"required": _("Choose a contact.")})


class ByForm(forms.Form):
    by = DayField(label=_("Day"), widget=DateInput(format="%Y-%m-%d"), error_messages={"required": _("Choose a day.")})


class SegmentMixin(PermissionCheckedMixin):
    model = Segment

    @cached_property
    def segment(self):
        if self.kwargs["pk"] >= 2**63:
            raise Http404
        return get_object_or_404(Segment, pk=self.kwargs["pk"])

    @property
    def show_url(self):
        return reverse("segment:show", args=[self.segment.pk])


class SegmentPage(SegmentMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "admin/register/segment_page.html"
    page_title = _("Segment")
    header_icon = "tag"
    any_permission_required = ("view", "add", "change", "delete")

    def get_page_subtitle(self):
        return self.segment.name

    def get_breadcrumbs_items(self):
        items = [{"url": reverse("segment:index"), "label": capfirst(Segment._meta.verbose_name_plural)}]
        return [*self.breadcrumbs_items, *items, {"url": "", "label": self.segment.name}]

    @cached_property
    def header_buttons(self):
        buttons = [HeaderButton(gettext("History"), url=reverse("segment:history", args=[self.segment.pk]), icon_name="history")]
        if self.user_has_permission("change"):
            buttons = [HeaderButton(gettext("Edit"), url=reverse("segment:edit", args=[self.segment.pk]), icon_name="edit"), *buttons]
        return buttons

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            segment=self.segment,
            conditions=describe(self.segment.query),
            uses=uses_of(self.segment, self.request.user),
            may_change=self.user_has_permission("change"),
            may_see_people=self.may_see_people,
            **kwargs,
        )
        try:
            return {**context, **self.of_members()}
        except ValidationError as error:  # what the filter asks for is gone, or not for this user's eyes
            return {**context, "filter_errors": error.messages}

    @property
    def may_see_people(self):
        return self.request.user.has_perm("crm.view_contact") or self.request.user.has_perm("crm.change_contact")

    def of_members(self):
        members = contacts_in(self.segment, user=self.request.user)
        found = {"count": members.count(), "contact_list_url": self.contact_url("index")}
        if not self.may_see_people:
            return found
        if self.request.user.has_perm("crm.change_contact"):  # who may open the form of a contact, too
            found["export_url"] = self.contact_url("export")
        return {**found, **self.of_exceptions(), **self.of_look_up(), **self.of_movements(), **self.page_of(members)}

    def contact_url(self, name):
        return f"{reverse(f'contact:{name}')}?segment={self.segment.pk}"

    def page_of(self, members):
        paginator = WagtailPaginator(members.for_list(), MEMBERS_PER_PAGE)
        number = self.request.GET.get("p", 1)
        return {"page": paginator.get_page(number), "elided_page_range": paginator.get_elided_page_range(number)}

    def of_exceptions(self):
        exceptions = self.segment.exceptions.select_related("contact", "added_by").order_by("-is_in", "contact__sort_key", "pk")
        form = ExceptionForm(prefix="exception")
        return {"exceptions": exceptions, "exception_form": form, "media": form.media + ByForm().media}

    def of_look_up(self):
        form = WhyForm(self.request.GET) if "why" in self.request.GET else WhyForm()
        if not form.is_bound or not form.is_valid():
            return {"why_form": form}
        contact = form.cleaned_data["why"]
        return {"why_form": form, "why_contact": contact, "why": why(self.segment, contact, user=self.request.user)}

    def of_movements(self):
        """Who joins or leaves by a day; a segment that is fixed to a day stays as it is."""
        if fixed := day_of(self.segment.query):
            return {"fixed_to": fixed}
        form = ByForm(self.request.GET) if "by" in self.request.GET else ByForm(initial={"by": timezone.localdate()})
        if not form.is_bound or not form.is_valid():
            return {"by_form": form}
        by = form.cleaned_data["by"]
        joining, leaving = movements(self.segment, by, user=self.request.user)
        return {
            "by_form": form,
            "by": by,
            "is_past": by < timezone.localdate(),
            "joining_count": joining.count(),
            "leaving_count": leaving.count(),
            "joining": joining[:MOVERS_SHOWN],
            "leaving": leaving[:MOVERS_SHOWN],
        }


class ChangeExceptionsView(SegmentMixin, View):
    permission_required = "change"
    http_method_names = ("post",)

    def dispatch(self, request, *args, **kwargs):
        # Names stand in what this does and says.
        if not request.user.has_perm("crm.view_contact") and not request.user.has_perm("crm.change_contact"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def done(self, do, message):
        """Do it in a change set, and let the message offer to undo that."""
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            do()
            buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, message, buttons=buttons)
        return redirect(f"{self.show_url}#by-hand")


class AddExceptionView(ChangeExceptionsView):
    def post(self, request, pk):
        form = ExceptionForm(request.POST, prefix="exception")
        if not form.is_valid():
            messages.error(request, " ".join(message for errors in form.errors.values() for message in errors))
            return redirect(f"{self.show_url}#by-hand")
        contact, is_in = form.cleaned_data["contact"], form.cleaned_data["is_in"]
        decide = put_in if is_in else take_out
        said = gettext("%(name)s is put into the segment.") if is_in else gettext("%(name)s is taken out of the segment.")
        return self.done(
            lambda: decide(self.segment, contact, reason=form.cleaned_data["reason"], acting_user=request.user), said % {"name": contact}
        )


class RemoveExceptionView(ChangeExceptionsView):
    def post(self, request, pk, exception):
        found = SegmentException.objects.select_related("contact").filter(segment=self.segment, pk=min(exception, 2**63 - 1)).first()
        if found is None:  # a second click, or a colleague was first
            messages.warning(request, gettext("That exception is already gone."))
            return redirect(f"{self.show_url}#by-hand")
        message = gettext("The filter decides about %(name)s again.") % {"name": found.contact}
        return self.done(lambda: let_filter_decide(found, acting_user=request.user), message)
