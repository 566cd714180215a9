from django.utils.translation import gettext_lazy as _

from crm.models import Municipality
from crm.resources.base import Column, RegisterResource
from crm.resources.registry import importer
from crm.resources.widgets import NumberWidget, WholeNumberWidget


class CodeWidget(NumberWidget):
    """A code of four digits, of which Excel may have taken the leading zero."""

    def clean(self, value, row=None, **kwargs):
        return str(value).strip().zfill(4)


@importer
class MunicipalityResource(RegisterResource):
    kind = "municipalities"
    title = _("Municipalities")

    code = Column("code", _("Municipality code"), "Kommunkod", "Kod", "Code", widget=CodeWidget(), required=True)
    name = Column("name", _("Municipality"), "Kommun", "Namn", required=True)
    county = Column("county", _("County"), "Län")
    subregion = Column("subregion", _("Sub-region"), "Delregion", "Subregion")
    population = Column("population", _("Inhabitants"), "Invånare", "Folkmängd", "Population", widget=WholeNumberWidget())
    latitude = Column("latitude", _("Latitude"), "Lat", widget=NumberWidget())
    longitude = Column("longitude", _("Longitude"), "Long", "Lon", widget=NumberWidget())

    class Meta(RegisterResource.Meta):
        model = Municipality
        fields = ("code", "name", "county", "subregion", "population", "latitude", "longitude")

    def find(self, values):
        return Municipality.objects.filter(code=values["code"]).first()
