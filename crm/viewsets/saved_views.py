"""Saving a list under a name, and what one does with it afterwards."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.filters.descriptions import describe_with
from crm.models import SavedView
from crm.services.saved_views import address_of, clear_default, default_view, save_view, set_default, tidied


class SavedViewForm(forms.ModelForm):
    query = forms.CharField(required=False, widget=forms.HiddenInput)
    is_default = forms.BooleanField(label=gettext_lazy("Show it when I open the list"), required=False)

    class Meta:
        model = SavedView
        fields = ["name", "is_shared"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        namesakes = SavedView.objects.filter(owner=self.instance.owner, kind=self.instance.kind, name=name)
        if namesakes.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("You have a view with this name already."))
        return name


class SavedViewMixin(PermissionCheckedMixin):
    """A page about a view of one list, for everybody who may see that list."""

    any_permission_required = ["add", "change", "delete", "view"]
    model = None
    kind = ""
    index_url_name = None

    def seen_views(self):
        return SavedView.objects.seen_by(self.request.user).filter(kind=self.kind)

    def own_view(self, pk):
        """What others share can be used and copied, nothing else."""
        return get_object_or_404(SavedView, Q(kind=self.kind), owner=self.request.user, pk=pk)

    def list_url(self, view=None):
        url = reverse(self.index_url_name)
        return address_of(view, url) if view else f"{url}?view=all"

    def back_to(self, view=None, message=""):
        messages.success(self.request, message)
        return HttpResponseRedirect(self.list_url(view))


class SavedViewFormView(SavedViewMixin, WagtailAdminTemplateMixin, View):
    template_name = "admin/register/saved_view_form.html"
    header_icon = "list-ul"
    listing = None

    def dispatch(self, request, *args, **kwargs):
        self.view = self.get_view(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, **kwargs):
        initial = {"query": self.view.query, "is_default": self.is_default}
        return self.render_to_response(self.get_context_data(form=SavedViewForm(instance=self.view, initial=initial)))

    @cached_property
    def is_default(self):
        return bool(self.view.pk) and default_view(self.request.user, self.kind) == self.view

    def post(self, request, **kwargs):
        form = SavedViewForm(request.POST, instance=self.view)
        if form.is_valid():
            try:
                return self.save(form)
            except ValidationError as error:
                form.add_error("name", error)
        return self.render_to_response(self.get_context_data(form=form))

    def save(self, form):
        view = save_view(form.instance, query=self.query_to_save(form), acting_user=self.request.user)
        if form.cleaned_data["is_default"]:
            set_default(view, acting_user=self.request.user)
        elif self.is_default:
            clear_default(self.kind, acting_user=self.request.user)
        return self.back_to(view, _("The view “%(name)s” is saved.") % {"name": view.name})

    def get_page_title(self):
        return _("Edit view") if self.view.pk else _("Save view")

    def get_breadcrumbs_items(self):
        listed = {"url": self.list_url(), "label": capfirst(self.model._meta.verbose_name_plural)}
        return [*super().get_breadcrumbs_items(), listed, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        query = kwargs["form"]["query"].value() or ""
        filterset_class = self.listing.view_initkwargs.get("filterset_class") if self.listing else None
        return super().get_context_data(
            view_record=self.view,
            conditions=describe_with(filterset_class, [query])[0],
            back_url=f"{reverse(self.index_url_name)}?{query or 'view=all'}",
            **kwargs,
        )


class SavedViewCreateView(SavedViewFormView):
    def get_view(self):
        """A new view of the list as it is shown, or a copy of one that is shared."""
        view = SavedView(kind=self.kind, owner=self.request.user, query=tidied(self.request.GET.get("query", "")))
        if (number := self.request.GET.get("copy", "")).isdecimal():
            copied = get_object_or_404(self.seen_views(), pk=number[:18])
            view.name, view.query = copied.name, copied.query
        return view

    def query_to_save(self, form):
        return form.cleaned_data["query"]


class SavedViewEditView(SavedViewFormView):
    delete_url_name = None

    def get_view(self, pk):
        return self.own_view(pk)

    def query_to_save(self, form):
        return self.view.query

    def get_context_data(self, **kwargs):
        return super().get_context_data(delete_url=reverse(self.delete_url_name, args=[self.view.pk]), **kwargs)


class SavedViewUpdateView(SavedViewMixin, View):
    """Takes the list as it is shown now into a view that exists."""

    http_method_names = ["post"]

    def post(self, request, pk):
        view = save_view(self.own_view(pk), query=request.POST.get("query", ""), acting_user=request.user)
        return self.back_to(view, _("The view “%(name)s” now shows the list like this.") % {"name": view.name})


class SavedViewDefaultView(SavedViewMixin, View):
    """Makes a view the one that somebody sees first, or no longer."""

    http_method_names = ["post"]

    def post(self, request, pk):
        view = get_object_or_404(self.seen_views(), pk=pk)
        if default_view(request.user, self.kind) == view:
            clear_default(self.kind, acting_user=request.user)
            return self.back_to(view, _("You see the whole list when you open it."))
        set_default(view, acting_user=request.user)
        return self.back_to(view, _("You see “%(name)s” when you open the list.") % {"name": view.name})


class SavedViewDeleteView(SavedViewMixin, View):
    http_method_names = ["post"]

    def post(self, request, pk):
        view = self.own_view(pk)
        view.delete()
        return self.back_to(message=_("The view “%(name)s” is deleted. The records in it are still there.") % {"name": view.name})
