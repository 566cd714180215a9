from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group
from crm.exporting.registry import exportable
from crm.models import Municipality


@exportable
class MunicipalityExport(Exportable):
    kind = "municipalities"
    title = _("Municipalities")
    model = Municipality
    groups = (
        Group(
            _("Municipality"),
            [
                Field("code", _("Municipality code"), lambda municipality: municipality.code),
                Field("name", _("Municipality"), lambda municipality: municipality.name),
                Field("county", _("County"), lambda municipality: municipality.county),
                Field("subregion", _("Sub-region"), lambda municipality: municipality.subregion),
                Field("population", _("Inhabitants"), lambda municipality: municipality.population),
                Field("latitude", _("Latitude"), lambda municipality: municipality.latitude),
                Field("longitude", _("Longitude"), lambda municipality: municipality.longitude),
            ],
        ),
    )
