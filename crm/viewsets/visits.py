"""A visit written down in half a minute, on a phone and with a poor connection.

The page is a small one of its own, which its service worker keeps on the phone. What is typed waits there until the server has
answered; a key that the phone makes sees to it that a visit sent twice is written once.
"""

import hashlib
import json

from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from crm.forms.visits import VisitForm, as_number
from crm.models import Activity, Contact, Organisation, Project
from crm.services.palette import best_first
from crm.services.rights import may_undo, may_view
from crm.services.search import some_matches
from crm.services.visits import SUGGESTED, VisitTakenBackError, log_visit, may_log_visits, people_at
from crm.text import search_words
from crm.viewsets.history import LARGEST_NUMBER, undo_buttons
from crm.viewsets.links import page_url_for

ASSETS = ("css/tokens.css", "css/admin/visit.css", "js/visit.js", "js/visit_company.js", "images/favicon.svg")
WORKER = "js/visit_worker.js"
RECENT = 30  # companies that the page knows without a connection


def wants_json(request):
    return request.headers.get("Accept", "").startswith("application/json")


class LoggingMixin:
    """For those who may write down visits."""

    def dispatch(self, request, *args, **kwargs):
        if not may_log_visits(request.user):
            if wants_json(request):
                return JsonResponse({"errors": {"": [_("You may not write down visits.")]}}, status=403)
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class VisitView(LoggingMixin, FormView):
    template_name = "admin/visits/visit.html"
    form_class = VisitForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self):
        """What the address says: whom the visit was to."""
        initial = {}
        for name, model in (("organisation", Organisation), ("contact", Contact), ("project", Project)):
            if record := self.record_of(name, model):
                initial[name] = record.pk
                if name == "organisation":
                    initial["company"] = record.name
        return initial

    def record_of(self, name, model):
        number = self.request.GET.get(name, "")
        if not number.isdecimal() or int(number) > LARGEST_NUMBER or not may_view(self.request.user, model):
            return None
        return model.objects.active().filter(pk=number).first()

    def form_valid(self, form):
        try:
            activity, opened = log_visit(form.visit, acting_user=self.request.user)
        except VisitTakenBackError as error:
            return self.taken_back(str(error))
        undoable = opened is not None and may_undo(self.request.user, opened)
        url = page_url_for(self.request.user, Activity, activity.pk)
        sentence = _("The visit to %(name)s is saved.") % {"name": activity.subject}
        if wants_json(self.request):
            undo_url = reverse("change_set:undo", args=[opened.pk]) if undoable else ""
            return JsonResponse({"sentence": sentence, "url": url, "undo_url": undo_url}, status=201 if opened else 200)
        messages.success(self.request, sentence, buttons=undo_buttons(opened) if undoable else [])
        return redirect(url or "wagtailadmin_home")

    def taken_back(self, sentence):
        """For the phone it is done: it need not keep the visit any longer."""
        if wants_json(self.request):
            return JsonResponse({"sentence": sentence, "url": "", "undo_url": ""})
        messages.warning(self.request, sentence)
        return redirect("wagtailadmin_home")

    def form_invalid(self, form):
        if not wants_json(self.request):
            return super().form_invalid(form)
        errors = {name or "": [str(message) for message in found] for name, found in form.errors.items()}
        return JsonResponse({"errors": errors, "suggestions": [company_data(one) for one in form.suggestions]}, status=422)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "recent": [company_data(one) for one in self.recent_companies],
            "suggested": [company_data(one) for one in context["form"].suggestions],
            "people_named": self.request.user.has_perm("crm.add_contact"),
        }

    @property
    def recent_companies(self):
        own = Activity.objects.filter(kind=Activity.Kind.VISIT, created_by=self.request.user).order_by("-day", "-pk").values("pk")[:RECENT]
        found = Organisation.objects.active().filter(participations__activity__in=[one["pk"] for one in own])
        return found.select_related("municipality").distinct()[:RECENT]


def company_data(organisation):
    return {
        "pk": organisation.pk,
        "name": organisation.name,
        "number": organisation.organisation_number,
        "place": str(organisation.municipality or organisation.city),
    }


class CompaniesView(LoggingMixin, View):
    """Companies whose name or number begins as what is typed; other organisations after them."""

    def get(self, request):
        query = request.GET.get("q", "").strip()[:200]
        if not search_words(query):
            return JsonResponse({"companies": []})
        return JsonResponse({"companies": [company_data(one) for one in self.found(query)]})

    def found(self, query):
        if number := as_number(query):
            return Organisation.objects.active().filter(organisation_number=number).select_related("municipality")
        found = [one for one in best_first(some_matches(Organisation, query), search_words(query)) if not one.is_archived]
        found.sort(key=lambda one: one.kind != Organisation.Kind.COMPANY)  # stable: the best first among each
        pks = [one.pk for one in found[:SUGGESTED]]
        by_pk = Organisation.objects.select_related("municipality").in_bulk(pks)
        return [by_pk[pk] for pk in pks]


class PeopleView(LoggingMixin, View):
    """Who works at a company today."""

    def get(self, request, pk):
        if pk > LARGEST_NUMBER or not may_view(request.user, Contact):
            return JsonResponse({"people": []})
        people = people_at(pk, timezone.localdate())
        return JsonResponse({"people": [{"pk": one.pk, "name": str(one), "label": one.label} for one in people]})


class SessionView(LoggingMixin, View):
    """Who is logged in, and the token without which nothing is taken: the page that the phone has kept knows only old ones."""

    def get(self, request):
        return JsonResponse({"user": request.user.pk, "token": get_token(request)}, headers={"Cache-Control": "no-store"})


class WorkerView(View):
    """The service worker. It comes from below the page's address, so that this page is all it may have a say in."""

    def get(self, request):
        content = f"const VISIT = {self.settings};\n{read(WORKER)}"
        return HttpResponse(content, content_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @cached_property
    def settings(self):
        digest = hashlib.sha256("".join(read(name) for name in (*ASSETS, WORKER)).encode()).hexdigest()[:12]
        assets = [static(name) for name in ASSETS]
        return json.dumps({"version": digest, "page": reverse("visit:index"), "assets": assets}, cls=DjangoJSONEncoder)


def read(name):
    with open(finders.find(name), encoding="utf-8") as file:
        return file.read()


class VisitViewSet(ViewSet):
    name = "visit"
    url_prefix = "visit"
    menu_label = gettext_lazy("New visit")

    def get_urlpatterns(self):
        return [
            path("", VisitView.as_view(), name="index"),
            path("companies/", CompaniesView.as_view(), name="companies"),
            path("people/<int:pk>/", PeopleView.as_view(), name="people"),
            path("session/", SessionView.as_view(), name="session"),
            path("worker.js", WorkerView.as_view(), name="worker"),
        ]
