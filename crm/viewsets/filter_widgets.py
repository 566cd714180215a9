"""Choosers in the drawer of a list's filters."""

from django.core.exceptions import ObjectDoesNotExist

from crm.viewsets.choosers import contact_chooser, organisation_chooser


class ForgivingMixin:
    def get_value_data(self, value):
        try:
            return super().get_value_data(value)
        except (ValueError, ObjectDoesNotExist):  # typed into the address, or deleted since: the filter says so itself
            return super().get_value_data(None)


class OrganisationFilterWidget(ForgivingMixin, organisation_chooser.widget_class):
    pass


class ContactFilterWidget(ForgivingMixin, contact_chooser.widget_class):
    pass
