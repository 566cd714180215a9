from crm.forms.costs import ProjectDocumentForm
from crm.models import Activity, Evidence, Indicator


class EvidenceForm(ProjectDocumentForm):
    class Meta(ProjectDocumentForm.Meta):
        model = Evidence
        fields = ["project", "indicator", "activity", "day", "value", "what", "document", "link"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = Indicator.objects.filter(project=self.project_number).order_by("name", "pk")
        self.fields["activity"].queryset = Activity.objects.active().filter(project=self.project_number).newest_first()
