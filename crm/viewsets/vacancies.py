"""The board of roles that every member should have filled, and the filling of a gap."""

from tempfile import TemporaryFile
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from crm.exporting import log
from crm.exporting.files import FORMATS, file_name, parts, write_workbook
from crm.exporting.vacancies import VacancyExport
from crm.forms.vacancies import BoardForm, FillForm
from crm.models import Affiliation, ChangeSet, Contact, Organisation, Role
from crm.services.ledger import change_set
from crm.services.rights import may_view
from crm.services.vacancies import expected_roles, fill, members, vacancy_board
from crm.viewsets.choosers import contact_chooser
from crm.viewsets.exporting import download
from crm.viewsets.history import buttons_to_undo_this

PER_PAGE = 100
FILES = ("xlsx", "csv")


def may_see_board(user):
    return may_view(user, Contact) and may_view(user, Organisation)


class BoardMixin(WagtailAdminTemplateMixin):
    page_title = _("Vacancies")
    header_icon = "table"

    def dispatch(self, request, *args, **kwargs):
        if not may_see_board(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self):
        return BoardForm(self.request.GET)

    @cached_property
    def day(self):
        return self.form.cleaned_data["on"] or timezone.localdate()

    @cached_property
    def board(self):
        return vacancy_board(self.day, organisations=members(self.day, subregions=self.form.cleaned_data["subregion"]))

    @cached_property
    def rows(self):
        only_gaps = self.form.cleaned_data["gaps"]
        return [row for row in self.board.rows if row.has_gaps or not only_gaps]


class BoardView(BoardMixin, TemplateView):
    template_name = "admin/register/vacancies.html"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        user = self.request.user
        context = super().get_context_data(form=self.form, media=self.form.media, is_valid=self.form.is_valid(), **kwargs)
        if not context["is_valid"]:
            return context
        may_change = user.has_perm("crm.change_contact")
        return context | {
            "board": self.board,
            "page": WagtailPaginator(self.rows, PER_PAGE).get_page(self.request.GET.get("p")),
            "as_of": self.form.cleaned_data["on"],
            "is_narrowed": any(self.form.cleaned_data.values()),
            "may_change": may_change,
            "may_fill": may_change and not self.form.cleaned_data["on"],
            "may_change_roles": user.has_perm("crm.change_role"),
            "exports": [(FORMATS[key].label, self.export_url(key)) for key in FILES] if may_change and self.rows else [],
        }

    def export_url(self, key):
        params = [(name, value) for name, values in self.request.GET.lists() for value in values if value and name != "p"]
        return f"{reverse('vacancies:export')}?{urlencode([*params, ('format', key)])}"


class BoardExportView(BoardMixin, View):
    """The same rows as a file; each is logged, as all exports are."""

    def get(self, request):
        if not request.user.has_perm("crm.change_contact"):
            raise PermissionDenied
        if not self.form.is_valid() or request.GET.get("format") not in FILES:
            raise Http404
        exportable, file_format = VacancyExport(), FORMATS[request.GET["format"]]
        fields = list(exportable.fields.values())
        export = log.begin(exportable, file_format=file_format, fields=fields, query=self.query, acting_user=request.user)
        records = Organisation.objects.filter(pk__in=[row.member.pk for row in self.rows])
        if file_format.key == "csv":
            made = parts(exportable, records, file_format=file_format, fields=fields, day=self.day)
            return download(log.counted(export, made), file_name(exportable, file_format), file_format)
        output = TemporaryFile()  # noqa: SIM115 -- the response closes it
        log.finish(export, write_workbook(output, exportable, records, fields=fields, day=self.day))
        output.seek(0)
        name = file_name(exportable, file_format)
        return FileResponse(output, as_attachment=True, filename=name, content_type=file_format.content_type)

    @property
    def query(self):
        params = self.request.GET.copy()
        params.pop("format", None)
        return params.urlencode()


class ChooserFillForm(FillForm):
    """The same form, with a chooser, which copes with thousands."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].widget = contact_chooser.widget_class()


class FillView(BoardMixin, TemplateView):
    template_name = "admin/register/vacancy_fill.html"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("crm.change_contact"):
            raise PermissionDenied
        self.member = get_object_or_404(Organisation.objects.active(), pk=kwargs["organisation"])
        self.role = get_object_or_404(expected_roles(), pk=kwargs["role"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        board = {"url": reverse("vacancies:index"), "label": self.page_title}
        return [*self.breadcrumbs_items, board, {"url": "", "label": self.role.name}]

    def get(self, request, *args, **kwargs):
        return self.ask(ChooserFillForm(member=self.member, role=self.role))

    def post(self, request, *args, **kwargs):
        form = ChooserFillForm(request.POST, member=self.member, role=self.role)
        if not form.is_valid():
            return self.ask(form)
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
            filled = fill(role=self.role, acting_user=request.user, **form.cleaned_data)
            buttons = buttons_to_undo_this(request.user)
        messages.success(request, gettext("%(person)s is now %(role)s.") % {"person": filled.contact, "role": filled}, buttons=buttons)
        return redirect("vacancies:index")

    def ask(self, form):
        may_add = self.request.user.has_perm("crm.add_contact")
        add_url = f"{reverse('contact:add')}?{urlencode({'organisation': self.member.pk, 'role': self.role.pk})}" if may_add else ""
        return self.render_to_response(
            self.get_context_data(form=form, media=form.media, member=self.member, role=self.role, add_url=add_url)
        )


def vacant_role(params):
    """Return the unsaved role that the address of the form for a new contact asks for ("?organisation=3&role=5"), or None."""
    numbers = [params.get(name, "") for name in ("organisation", "role")]
    if not all(number.isdecimal() and len(number) < 10 for number in numbers):
        return None
    organisation, role = Organisation.objects.active().filter(pk=numbers[0]).first(), Role.objects.filter(pk=numbers[1]).first()
    return Affiliation(organisation=organisation, role=role, since=timezone.localdate()) if organisation and role else None


class BoardMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_board(request.user)


class VacancyViewSet(ViewSet):
    name = "vacancies"
    url_prefix = "register/vacancies"
    icon = "table"
    menu_label = _("Vacancies")
    menu_name = "register-vacancies"
    menu_order = 610
    menu_item_class = BoardMenuItem

    def get_urlpatterns(self):
        return [
            path("", BoardView.as_view(), name="index"),
            path("export/", BoardExportView.as_view(), name="export"),
            path("<int:organisation>/<int:role>/", FillView.as_view(), name="fill"),
        ]
