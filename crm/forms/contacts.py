from wagtail.admin.forms import WagtailAdminModelForm

from crm.models import Affiliation


class ContactForm(WagtailAdminModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own_roles = Affiliation.objects.filter(contact=self.instance.pk).select_related("organisation", "role")
        for form in [*self.formsets["contact_points"].forms, self.formsets["contact_points"].empty_form]:
            form.fields["affiliation"].queryset = own_roles
