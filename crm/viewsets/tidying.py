"""Five minutes of tidying: one card at a time, the stalest first; and the list of all of it."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from crm.ages import AGES
from crm.exceptions import RegisterError
from crm.models import ContactPoint
from crm.services import tidying
from crm.services.ledger import change_set
from crm.services.tidying import may_tidy
from crm.viewsets.history import buttons_to_undo_this, url_of
from crm.viewsets.links import page_url
from crm.viewsets.returning import with_return

LATER, DONE = "tidying_later", "tidying_done"
MOST_LATER = 200  # put aside in one session
PER_PAGE = 50
AGE_WORDS = {
    "never": _("never confirmed"),
    "stale": _("over two years ago"),
    "ageing": _("over a year ago"),
    "fresh": _("confirmed within a year"),
}


class TidyingMixin(WagtailAdminTemplateMixin):
    header_icon = "check"
    page_title = _("Tidying")

    def dispatch(self, request, *args, **kwargs):
        if not may_tidy(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def confirmable(self):
        return tidying.kinds_for(self.request.user)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class ValueForm(forms.Form):
    value = forms.CharField(max_length=254)


class CardView(TidyingMixin, TemplateView):
    """One thing to confirm. What has been put aside comes back when somebody logs in anew."""

    template_name = "admin/tidying/card.html"

    @cached_property
    def later(self):
        return self.request.session.get(LATER, [])

    @cached_property
    def next_url(self):
        """Where somebody came from who wants to confirm just one thing."""
        return get_valid_next_url_from_request(self.request)

    def next_card(self):
        return redirect(self.next_url or "tidying:index")

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        asked = kwargs.pop("thing", None) or self.find(self.request.GET.get("thing", ""))
        thing = asked or tidying.next_thing(today, later=self.later, kinds=self.confirmable)
        kwargs.setdefault("form", ValueForm())
        return super().get_context_data(
            thing=thing,
            owner_url=page_url(type(thing.owner), thing.owner.pk) if thing else "",
            form_url=self.form_url(thing) if thing else "",
            next_url=self.next_url,
            is_point=bool(thing) and thing.what == tidying.POINT,
            input_type="email" if thing and thing.what == tidying.POINT and thing.record.kind == ContactPoint.Kind.EMAIL else "text",
            done=self.request.session.get(DONE, 0),
            later_count=len(self.later),
            **kwargs,
        )

    def find(self, key):
        """Return the thing with a key, unless there is none that may be confirmed."""
        thing = tidying.find(key)
        return thing if thing and thing.what in self.confirmable else None

    @staticmethod
    def form_url(thing):
        """Where what has changed is changed: a licence in its own form, all else in that of whose it is."""
        record = thing.record if thing.what == tidying.LICENCE else thing.owner
        return with_return(url_of("edit", type(record), record.pk), reverse("tidying:index") if record is thing.record else "")

    def post(self, request):
        action = request.POST.get("action", "")
        if action == "again":
            request.session[LATER] = []
            return redirect("tidying:index")
        thing = self.find(request.POST.get("thing", ""))
        if thing is None:
            messages.warning(request, gettext("That is no longer in the register. Here is the next."))
            return redirect("tidying:index")
        if action == "later":
            request.session[LATER] = [*self.later, thing.key][-MOST_LATER:]
            return self.next_card()
        return self.answer(thing, action)

    def answer(self, thing, action):
        did = {"right": self.right, "gone": self.gone, "changed": self.changed}.get(action)
        if did is None:
            return redirect("tidying:index")
        try:
            with change_set(actor=self.request.user, cause="edit", note=gettext("Tidying")):
                sentence = did(thing)
                buttons = buttons_to_undo_this(self.request.user)
        except (RegisterError, ValidationError) as error:
            form = ValueForm(self.request.POST)
            form.is_valid()
            form.add_error("value", getattr(error, "messages", str(error)))
            return self.render_to_response(self.get_context_data(thing=thing, form=form))
        messages.success(self.request, sentence, buttons=buttons)
        self.request.session[DONE] = self.request.session.get(DONE, 0) + 1
        return self.next_card()

    def right(self, thing):
        tidying.confirm(thing, acting_user=self.request.user)
        return gettext("“%(what)s” is right.") % {"what": thing.text}

    def gone(self, thing):
        tidying.say_gone(thing, acting_user=self.request.user)
        if thing.what != tidying.POINT:
            return gettext("“%(what)s” ends today.") % {"what": thing.text}
        return gettext("“%(what)s” is no longer used.") % {"what": thing.text}

    def changed(self, thing):
        if thing.what != tidying.POINT:
            raise ValidationError(gettext("Change it in the form."))
        form = ValueForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(form.errors["value"])
        new = tidying.replace_value(thing, form.cleaned_data["value"], acting_user=self.request.user)
        return gettext("“%(old)s” is now “%(new)s”.") % {"old": thing.text, "new": new.display}


class ListView(TidyingMixin, TemplateView):
    template_name = "admin/tidying/list.html"
    page_title = _("Stalest first")

    def get_breadcrumbs_items(self):
        trail = [{"url": reverse("tidying:index"), "label": gettext("Tidying")}, {"url": "", "label": self.page_title}]
        return [*self.breadcrumbs_items, *trail]

    @cached_property
    def ages(self):
        """The ages that the list is narrowed down to; all of them where none is asked for."""
        return [age for age in AGES if age in self.request.GET.getlist("age")] or AGES

    @property
    def age_links(self):
        """(words, query string, whether it is shown) for the list of everything and of each age."""
        shown = self.ages if self.ages is not AGES else ()
        yield gettext("All"), "", not shown
        for age, words in AGE_WORDS.items():
            yield words, f"age={age}", age in shown

    def get_context_data(self, **kwargs):
        paginator = WagtailPaginator(tidying.stalest(timezone.localdate(), ages=self.ages, kinds=self.confirmable), PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        rows = [(thing, page_url(type(thing.owner), thing.owner.pk)) for thing in tidying.things(page.object_list)]
        count = ngettext(
            "%(number)s role, address, number or licence", "%(number)s roles, addresses, numbers and licences", paginator.count
        ) % {"number": paginator.count}
        return super().get_context_data(
            rows=rows,
            page=page,
            count=count,
            age_links=self.age_links,
            elided_page_range=paginator.get_elided_page_range(page.number),
            **kwargs,
        )


class TidyingMenuItem(MenuItem):
    def is_shown(self, request):
        return may_tidy(request.user)


class TidyingViewSet(ViewSet):
    name = "tidying"
    url_prefix = "register/tidying"
    icon = "check"
    menu_label = _("Tidying")
    menu_name = "register-tidying"
    menu_order = 560
    menu_item_class = TidyingMenuItem

    def get_urlpatterns(self):
        return [path("", CardView.as_view(), name="index"), path("list/", ListView.as_view(), name="list")]
