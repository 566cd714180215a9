"""Fees: the grid of members and years, the page of one fee, and marking as paid."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import Button, HeaderButton

from crm.forms.fees import GridForm, PaidForm
from crm.models import ChangeSet, Fee, FeeRound, FeeSettings, Organisation
from crm.services.fee_documents import documents_of, file_name
from crm.services.fee_grid import foots_of, organisations_of, rows_of
from crm.services.fees import mark_paid, take_back_payment
from crm.services.ledger import change_set
from crm.services.rights import may, may_view
from crm.viewsets.fee_accounts import AccountsView
from crm.viewsets.fee_pages import FeesMixin, pdf_response
from crm.viewsets.fee_reminders import RemindersView
from crm.viewsets.fee_settings import SettingsView
from crm.viewsets.history import buttons_to_undo_this
from crm.viewsets.links import page_url_for
from crm.viewsets.member_years import MemberYearPdfView, MemberYearView
from crm.viewsets.returning import with_return

PER_PAGE = 200


class GridView(FeesMixin, TemplateView):
    template_name = "admin/fees/grid.html"
    page_title = _("Fees")

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def form(self):
        return GridForm(self.request.GET)

    @cached_property
    def header_more_buttons(self):
        user, buttons = self.request.user, []
        if may(user, "change", Fee):
            buttons.append(Button(gettext("Remind of overdue fees"), url=reverse("fee:reminders"), icon_name="mail", priority=5))
            buttons.append(Button(gettext("Export for the accounts"), url=reverse("fee:accounts"), icon_name="download", priority=6))
        if may_view(user, FeeRound):
            buttons.append(Button(gettext("Fee rounds"), url=reverse("feeround:index"), icon_name="list-ol", priority=7))
        if may(user, "change", FeeSettings):
            buttons.append(Button(gettext("Settings of fees"), url=reverse("fee:settings"), icon_name="cog", priority=8))
        return buttons

    @cached_property
    def header_buttons(self):
        if not (may(self.request.user, "add", FeeRound) and may(self.request.user, "add", Fee)):
            return []
        return [HeaderButton(gettext("New fee round"), url=reverse("feeround:add"), icon_name="plus")]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(form=self.form, media=self.form.media, is_valid=self.form.is_valid(), **kwargs)
        if not context["is_valid"]:
            return context
        years = self.form.years
        for name, year in (("first", years[0]), ("last", years[-1])):
            self.form.fields[name].widget.attrs["placeholder"] = str(year)
        organisations = organisations_of(years, **self.form.conditions)
        page = WagtailPaginator(organisations, PER_PAGE).get_page(self.request.GET.get("p"))
        paying = PaidForm(initial={"day": timezone.localdate()})
        return context | {
            "media": self.form.media + paying.media,
            "years": years,
            "page": page,
            "rows": rows_of(list(page), years),
            "foots": foots_of(organisations, years, kinds=self.form.cleaned_data["kind"]),
            "count": page.paginator.count,
            "is_narrowed": any(self.form.cleaned_data[name] for name in ("standing", "kind", "subregion", "q")),
            "paying": paying,
            "may_change": may(self.request.user, "change", Fee),
            "may_open": may_view(self.request.user, Organisation),
            "this_url": self.request.get_full_path(),
            "linkurl": f"{reverse('fee:index')}?{self.query}" if self.query else reverse("fee:index"),
        }

    @property
    def query(self):
        params = self.request.GET.copy()
        params.pop("p", None)
        return params.urlencode()


class PayView(FeesMixin, View):
    """Marks ticked fees, or the one whose button was pressed, as paid on a day."""

    needs = "change"

    def post(self, request):
        back = get_valid_next_url_from_request(request) or reverse("fee:index")
        form = PaidForm(request.POST)
        numbers = [request.POST["one"]] if request.POST.get("one") else request.POST.getlist("fee")
        numbers = [int(number) for number in numbers if number.isdecimal() and len(number) < 19]
        if not form.is_valid():
            messages.error(request, form.errors["day"][0])
        elif not numbers:
            messages.error(request, gettext("Tick at least one fee."))
        else:
            self.pay(numbers, form.cleaned_data["day"])
        return HttpResponseRedirect(back)

    def pay(self, numbers, day):
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            fees = mark_paid(numbers, on=day, acting_user=self.request.user)
            buttons = buttons_to_undo_this(self.request.user)
        if not fees:
            messages.warning(self.request, gettext("These fees are paid already."))
            return
        if len(fees) == 1:
            sentence = gettext("%(fee)s is paid.") % {"fee": Fee.objects.select_related("membership__organisation").get(pk=fees[0].pk)}
        else:
            sentence = ngettext("%(number)d fee is paid.", "%(number)d fees are paid.", len(fees)) % {"number": len(fees)}
        messages.success(self.request, sentence, buttons=buttons)


class FeeView(FeesMixin, TemplateView):
    """One fee: what it is, where it stands, its document, its reminders, and what the member got for it."""

    template_name = "admin/fees/fee.html"

    @cached_property
    def fee(self):
        return self.fee_with(self.kwargs["pk"])

    def get_page_title(self):
        return str(self.fee)

    @cached_property
    def header_more_buttons(self):
        return [Button(gettext("History"), url=reverse("membership:history", args=[self.fee.membership_id]), icon_name="history")]

    @cached_property
    def header_buttons(self):
        url = page_url_for(self.request.user, type(self.fee.membership), self.fee.membership_id)
        own = reverse("fee:inspect", args=[self.fee.pk])
        return [HeaderButton(gettext("Edit"), url=with_return(url, own), icon_name="edit")] if url else []

    def get_context_data(self, **kwargs):
        fee, user = self.fee, self.request.user
        paying = PaidForm(initial={"day": timezone.localdate()})
        return super().get_context_data(
            fee=fee,
            value_url=reverse("fee:member_year", args=[fee.membership.organisation_id, fee.year.start])
            if may_view(user, Organisation)
            else "",
            member_url=page_url_for(user, Organisation, fee.membership.organisation_id),
            round_url=reverse("feeround:inspect", args=[fee.fee_round_id]) if fee.fee_round_id and may_view(user, FeeRound) else "",
            reminders=fee.reminders.select_related("sent_by"),
            may_change=may(user, "change", Fee),
            remind_url=f"{reverse('fee:reminders')}?{urlencode({'fee': fee.pk})}",
            paying=paying,
            media=paying.media,
            own_url=reverse("fee:inspect", args=[fee.pk]),
            **kwargs,
        )


class UnpayView(FeesMixin, View):
    needs = "change"

    def post(self, request, pk):
        fee = self.fee_with(pk)
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
            take_back_payment(fee, acting_user=request.user)
            buttons = buttons_to_undo_this(request.user)
        messages.success(request, gettext("%(fee)s is no longer marked as paid.") % {"fee": fee}, buttons=buttons)
        return HttpResponseRedirect(reverse("fee:inspect", args=[pk]))


class DocumentView(FeesMixin, View):
    """The document of a fee as PDF."""

    def get(self, request, pk):
        fee = self.fee_with(pk)
        return pdf_response(documents_of([fee]), file_name(fee))


class FeesMenuItem(MenuItem):
    def is_shown(self, request):
        return may_view(request.user, Fee)


class FeeViewSet(ViewSet):
    name = "fee"
    url_prefix = "register/fees"
    icon = "clipboard-list"
    menu_label = _("Fees")
    menu_name = "register-fees"
    menu_order = 310
    menu_item_class = FeesMenuItem

    def get_urlpatterns(self):
        return [
            path("accounts/", AccountsView.as_view(), name="accounts"),
            path("reminders/", RemindersView.as_view(), name="reminders"),
            path("settings/", SettingsView.as_view(), name="settings"),
            path("<int:pk>/document/", DocumentView.as_view(), name="document"),
            path("members/<int:organisation>/<int:start>/", MemberYearView.as_view(), name="member_year"),
            path("members/<int:organisation>/<int:start>/pdf/", MemberYearPdfView.as_view(), name="member_year_pdf"),
            path("", GridView.as_view(), name="index"),
            path("pay/", PayView.as_view(), name="pay"),
            path("<int:pk>/", FeeView.as_view(), name="inspect"),
            path("<int:pk>/unpay/", UnpayView.as_view(), name="unpay"),
        ]
