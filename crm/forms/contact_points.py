"""The lines for e-mail and phone in the forms of people and organisations."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from crm.forms.lines import LinesFormSet, LinesPanel
from crm.models import ContactPoint


class ContactPointFormSet(LinesFormSet):
    EMPTY_LABELS = {"affiliation": gettext_lazy("All roles")}

    def own(self, name, queryset):
        """Only the contact's own roles: an address for a role of somebody else would follow that person."""
        if name != "affiliation":
            return queryset
        return queryset.filter(contact=self.instance.pk).select_related("organisation", "role") if self.instance.pk else queryset.none()

    def validate_unique(self):
        """Compare the lines by their normal form.

        The inherited check goes by those fields of the constraint that are on the form, so it would call two different
        addresses of one kind the same.
        """
        deleted = self.deleted_forms
        seen, primary = set(), set()
        for form in self.forms:
            value = form.cleaned_data.get("value") if form.is_valid() and form not in deleted else None
            if not value:
                continue
            kind = form.cleaned_data["kind"]
            normalised = ContactPoint.normalise(kind, value)
            if (kind, normalised) in seen:
                form.add_error("value", _("This stands twice. Remove one of the lines."))
            seen.add((kind, normalised))
            if form.cleaned_data.get("is_primary"):
                if kind in primary:
                    form.add_error("is_primary", _("Only one of each kind can be the one to use first."))
                primary.add(kind)


class ContactPointPanel(LinesPanel):
    """Lines of kind, address, status and “use first”; the same address twice is said so instead of failing in the database."""

    formset_class = ContactPointFormSet

    def __init__(self, relation_name="contact_points", panels=None, **kwargs):
        lines = [FieldRowPanel([FieldPanel("kind"), FieldPanel("value"), FieldPanel("is_primary")]), FieldPanel("status")]
        super().__init__(relation_name, panels=panels or lines, **kwargs)
