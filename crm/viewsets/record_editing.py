"""Editing on a record's page, each spot where it stands: "?edit=note" shows that one as a form. Works without a script."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages

from crm.forms.pictures import picture_form
from crm.forms.records import PointForm, spot_form
from crm.models import ChangeSet, Contact, ContactPoint, Pictured, Reachable
from crm.services.contact_points import holder_of
from crm.services.ledger import change_set
from crm.viewsets.history import buttons_to_undo_this
from crm.viewsets.links import link_to
from crm.viewsets.meanwhile import Seen

PICTURE = "picture"
POINT = "point-"  # "point-17", and "point-new"


@dataclass
class ShownSpot:
    """A spot as it stands on the page: its value, or the form for it."""

    key: str
    label: str
    value: str
    form: object = None


class EditingMixin:
    spots = ()

    @cached_property
    def may_edit(self):
        return self.user_has_permission("change")

    @property
    def has_picture(self):
        return issubclass(self.model, Pictured)

    @property
    def has_points(self):
        return issubclass(self.model, Reachable)

    @cached_property
    def edited(self):
        """Return (key, form) of the spot that is being edited, or None."""
        key = self.request.POST.get("spot") or self.request.GET.get("edit")
        form = self.form_for(key) if key and self.may_edit else None
        if form is None:
            return None
        self.first_of(form).widget.attrs["autofocus"] = True
        form.seen = Seen.by(self.request)
        return key, form

    @staticmethod
    def first_of(form):
        """Return the field to begin with: the one that is wrong, or what an address is rather than its kind."""
        wrong = [name for name in form.errors if name in form.fields]
        return form.fields[(wrong or [name for name in form.fields if name == "value"] or list(form.fields))[0]]

    def form_for(self, key):
        """Return the form for a spot, bound when it is being saved; None for a spot that there is not."""
        data = self.request.POST if self.request.POST.get("do") == "edit" else None
        if key.startswith(POINT) and self.has_points:
            point = self.point(key.removeprefix(POINT))
            return point and PointForm(data, instance=point, auto_id="spot-%s")
        if key == PICTURE and self.has_picture:
            return picture_form(self.model)(data, self.request.FILES or None, instance=self.anew, auto_id="spot-%s")
        spot = next((spot for spot in self.spots if spot.key == key), None)
        return spot and spot_form(self.model, spot)(data, instance=self.anew, auto_id="spot-%s")

    @property
    def anew(self):
        """The record once more: a form writes into it even what it then refuses."""
        return self.model._base_manager.get(pk=self.object.pk)

    def point(self, number):
        if number == "new":
            return ContactPoint(**{self.about.kind: self.object})
        return self.object.contact_points.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None

    def save_spot(self):
        if not self.may_edit:
            raise PermissionDenied
        if self.edited is None:  # deleted meanwhile
            return HttpResponseRedirect(self.own_url)
        key, form = self.edited
        if not form.is_valid():
            return None
        if form.has_changed():
            try:
                with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
                    if form.seen.refuses(form, [form.instance]):
                        return None
                    self.write(form, key)
            except IntegrityError:
                form.add_error(None, _("This contradicts what somebody else has just stored. Load the page anew."))
                return None
        return HttpResponseRedirect(f"{self.own_url}#edit-{key}")

    def write(self, form, key):
        form.save()
        buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, _("Saved: %(label)s.") % {"label": self.label_of(key, form)}, buttons=buttons)
        if key.startswith(POINT) and form.instance.kind == ContactPoint.Kind.EMAIL:
            self.tell_of_others_with(form.instance.normalised)

    def tell_of_others_with(self, address):
        """Two may share an address; more often it is the wrong person, or somebody who is in the register twice."""
        if self.about.may_view(Contact) and (other := holder_of(address, besides=[self.object] if self.about.is_contact else [])):
            messages.warning(self.request, format_html(_("{} is used by {}, too."), address, link_to(other, self.request.user)))

    def label_of(self, key, form):
        if key.startswith(POINT):
            return form.instance.display
        if key == PICTURE:
            return str(self.picture_label)
        return next(str(spot.label) for spot in self.spots if spot.key == key)

    @property
    def picture_label(self):
        return capfirst(self.model._meta.get_field(self.model.picture_field).verbose_name)

    def form_at(self, key):
        return self.edited[1] if self.edited and self.edited[0] == key else None

    # What the page shows

    @cached_property
    def shown_spots(self):
        return {spot.key: ShownSpot(spot.key, capfirst(spot.label), self.value_of(spot), self.form_at(spot.key)) for spot in self.spots}

    def value_of(self, spot):
        values = [getattr(self.object, f"get_{name}_display", lambda name=name: getattr(self.object, name))() for name in spot.fields]
        return ", ".join(str(value) for value in values if value)

    @cached_property
    def shown_points(self):
        if not self.has_points:
            return []
        points = self.object.contact_points.select_related("affiliation__organisation", "affiliation__role")
        sort_last = {status: at for at, status in enumerate(ContactPoint.Status.values)}
        shown = [
            (point, f"{POINT}{point.pk}") for point in sorted(points, key=lambda point: (sort_last[point.status], not point.is_primary))
        ]
        return [(point, key, self.form_at(key)) for point, key in shown]

    def get_context_data(self, **kwargs):
        # Those of the head have places of their own.
        facts = [spot for key, spot in self.shown_spots.items() if key not in ("name", "quick_facts")]
        return super().get_context_data(
            may_edit=self.may_edit,
            points=self.shown_points,
            has_points=self.has_points,
            picture_label=self.picture_label if self.has_picture else "",
            picture_form=self.form_at(PICTURE),
            new_point_form=self.form_at(f"{POINT}new"),
            name=self.shown_spots["name"],
            quick_facts=self.shown_spots.get("quick_facts"),
            facts=facts,
            **kwargs,
        )
