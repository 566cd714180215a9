"""Forms that are filled in by the address that leads to them: /admin/activity/new/?kind=visit&contact=3."""

from django.core.exceptions import ValidationError

from crm.forms.dates import DayField
from crm.services.rights import may_view


class AddressMixin:
    """For views that create: reads values of the address; what makes no sense, or may not be seen, is left empty."""

    def get_initial_form_instance(self):
        # What is posted counts alone, or a line that somebody has taken out would come back.
        return self.instance_from_address() if self.request.method == "GET" else self.model()

    def instance_from_address(self):
        return self.model()

    def text_of(self, name):
        return self.request.GET.get(name, "")[: self.model._meta.get_field(name).max_length]

    def choice_of(self, name):
        field = self.model._meta.get_field(name)
        asked = self.request.GET.get(name)
        return asked if asked in dict(field.flatchoices) else field.get_default()

    def day_of(self, name):
        try:
            return DayField(required=False).clean(self.request.GET.get(name))
        except ValidationError:
            return None

    def record_of(self, name, model):
        number = self.request.GET.get(name, "")
        if not number.isdecimal() or len(number) > 18 or not may_view(self.request.user, model):
            return None
        return model._base_manager.filter(pk=number).first()
