from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from crm.forms.users import PersonField, colleagues
from crm.models import Task, User


class TaskForm(WagtailAdminModelForm):
    assignee = PersonField(label=_("For whom"), queryset=User.objects.none(), required=False, empty_label=_("Nobody in particular"))

    class Meta:
        model = Task
        fields = ["what", "due", "assignee", "contact", "organisation", "network", "project", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whoever has left keeps the tasks that nobody has taken over.
        self.fields["assignee"].queryset = colleagues("crm.view_task") | User.objects.filter(pk=self.instance.assignee_id).order_by(
            "first_name", "last_name", "username"
        )
