"""The board and the office of the association: as of any day, with the meetings of its operating year."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from crm.forms.board import BoardDayForm, MandateForm
from crm.models import Activity, Affiliation, BoardDocument, ChangeSet, Contact, Organisation, Role
from crm.services.board import board_on, save_mandate
from crm.services.ledger import change_set
from crm.services.rights import may, may_view
from crm.viewsets.choosers import contact_chooser
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this
from crm.viewsets.links import page_url_for


def may_see_board(user):
    return may_view(user, Contact) and may_view(user, Organisation)


class BoardMixin(WagtailAdminTemplateMixin):
    page_title = _("The board")
    header_icon = "group"

    def dispatch(self, request, *args, **kwargs):
        if not may_see_board(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class BoardView(BoardMixin, TemplateView):
    template_name = "admin/register/board.html"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def form(self):
        return BoardDayForm(self.request.GET)

    @cached_property
    def day(self):
        """The day that is asked for, or None: today."""
        return self.form.cleaned_data["on"] if self.form.is_valid() else None

    @property
    def may_change(self):
        return may(self.request.user, "change", Contact)

    @cached_property
    def header_buttons(self):
        if not self.may_change or Organisation.objects.own() is None:
            return []
        return [HeaderButton(gettext("Add a mandate"), url=reverse("board:add"), icon_name="plus")]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(form=self.form, media=self.form.media, is_valid=self.form.is_valid(), **kwargs)
        if not context["is_valid"]:
            return context
        user = self.request.user
        board = board_on(self.day or timezone.localdate(), user=user)
        for meeting in board.meetings:
            meeting.url = page_url_for(user, Activity, meeting.activity.pk)
            meeting.add_url = self.paper_url(meeting=meeting.activity.pk, day=meeting.activity.day.isoformat())
        return context | {
            "board": board,
            "as_of": self.day,
            "years": self.years(board),
            "may_change": self.may_change,
            "may_add_papers": may(user, "add", BoardDocument),
            "add_paper_url": self.paper_url(),
            "may_change_papers": may(user, "change", BoardDocument),
            "may_change_roles": may(user, "change", Role),
            "may_change_organisations": may(user, "change", Organisation),
        }

    def paper_url(self, **values):
        return f"{reverse('boarddocument:add')}?{urlencode({**values, 'next': self.request.get_full_path()})}"

    def years(self, board):
        """The last days of the years before and after, to leaf through; [(label, address)]."""
        today = timezone.localdate()
        found = []
        for year in (type(board.year)(board.year.start - 1), type(board.year)(board.year.start + 1)):
            if year.first_day <= today:
                day = min(year.last_day, today)
                found.append((str(year), f"{reverse('board:index')}?{urlencode({'on': day.isoformat()})}"))
        return found


class ChooserMandateForm(MandateForm):
    """The same form, with a chooser, which copes with thousands."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["contact"].widget = contact_chooser.widget_class()


class MandateView(BoardMixin, TemplateView):
    """Somebody's role at the association: a new one, or one that is there."""

    template_name = "admin/register/board_mandate.html"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, "change", Contact):
            raise PermissionDenied
        if Organisation.objects.own() is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def mandate(self):
        if "pk" not in self.kwargs:
            return Affiliation(since=timezone.localdate(), role=self.asked_role)
        held = Affiliation.objects.at_association().select_related("contact", "role")
        return get_object_or_404(held, pk=min(self.kwargs["pk"], LARGEST_NUMBER))

    @property
    def asked_role(self):
        number = self.request.GET.get("role", "")
        roles = Role.objects.exclude(post="")
        return roles.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None

    def get_page_title(self):
        return str(self.mandate.contact) if self.mandate.pk else gettext("Add a mandate")

    def get_breadcrumbs_items(self):
        board = {"url": reverse("board:index"), "label": self.page_title}
        return [*self.breadcrumbs_items, board, {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        return self.ask(ChooserMandateForm(instance=self.mandate))

    def post(self, request, *args, **kwargs):
        form = ChooserMandateForm(request.POST, instance=self.mandate)
        if not form.is_valid():
            return self.ask(form)
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
            saved = save_mandate(form.save(commit=False), acting_user=request.user)
            buttons = buttons_to_undo_this(request.user)
        words = {"person": saved.contact, "role": saved.label}
        messages.success(request, gettext("%(person)s, %(role)s: saved.") % words, buttons=buttons)
        return redirect("board:index")

    def ask(self, form):
        return self.render_to_response(self.get_context_data(form=form, media=form.media, mandate=self.mandate))


class BoardMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_board(request.user)


class BoardViewSet(ViewSet):
    name = "board"
    url_prefix = "register/board"
    icon = "group"
    menu_label = _("The board")
    menu_name = "register-board"
    menu_order = 440
    menu_item_class = BoardMenuItem

    def get_urlpatterns(self):
        return [
            path("", BoardView.as_view(), name="index"),
            path("add/", MandateView.as_view(), name="add"),
            path("<int:pk>/", MandateView.as_view(), name="edit"),
        ]
