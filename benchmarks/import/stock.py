"""What somebody gets who declares django-import-export's ModelResource for the same three models and nothing else."""

import time

import tablib
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from crm.models import Affiliation, Contact, ContactPoint, Organisation, Role


class PersonResource(ModelResource):
    """A person, known by the address, which stands in `source`: a stock resource looks a record up by one of its own columns."""

    class Meta:
        model = Contact
        import_id_fields = ["source"]
        fields = ["source", "first_name", "last_name"]


class PointResource(ModelResource):
    contact = Field("contact", "contact", ForeignKeyWidget(Contact, "source"))

    class Meta:
        model = ContactPoint
        import_id_fields = ["kind", "value"]
        fields = ["contact", "kind", "value", "is_primary"]


class RoleResource(ModelResource):
    contact = Field("contact", "contact", ForeignKeyWidget(Contact, "source"))
    organisation = Field("organisation", "organisation", ForeignKeyWidget(Organisation, "name"))
    role = Field("role", "role", ForeignKeyWidget(Role, "name"))

    class Meta:
        model = Affiliation
        import_id_fields = ["contact", "organisation", "role"]
        fields = ["contact", "organisation", "role", "title"]


def import_with_stock_resources(rows):
    """Import the rows of a file ({heading: cell}) and return the seconds that each resource took."""
    people = [(row["E-post"], row["Förnamn"], row["Efternamn"]) for row in rows]
    points = [(row["E-post"], "email", row["E-post"], "1") for row in rows]
    points += [(row["E-post"], "mobile", row["Mobil"], "1") for row in rows]
    roles = [(row["E-post"], row["Organisation"], row["Roll"], row["Titel"]) for row in rows]
    return {
        "people": run(PersonResource, ["source", "first_name", "last_name"], people),
        "points": run(PointResource, ["contact", "kind", "value", "is_primary"], points),
        "roles": run(RoleResource, ["contact", "organisation", "role", "title"], roles),
    }


def run(resource_class, headers, rows):
    dataset = tablib.Dataset(*rows, headers=headers)
    started = time.perf_counter()
    result = resource_class().import_data(dataset, raise_errors=True)
    assert not result.has_validation_errors()
    return time.perf_counter() - started
