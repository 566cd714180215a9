"""The searched text of many records at once; one at a time makes its own (crm.models.search)."""

from django.db.models import Prefetch

from crm.models import Affiliation, Contact, Organisation
from crm.services import bulk
from crm.text import fold

AT_ONCE = 1000


def refresh_search_texts(model, numbers):
    """Make the searched texts of these records anew, in a fixed number of queries for each thousand."""
    numbers = sorted(numbers)
    if len(numbers) > AT_ONCE:  # many of them may be gone
        numbers = sorted(set(numbers) & set(model.objects.values_list("pk", flat=True)))
    for start in range(0, len(numbers), AT_ONCE):
        records = _with_parts(model).filter(bulk.one_of(model, "id", numbers[start : start + AT_ONCE]))
        changes = {}
        for record in records:
            text = fold(" ".join(filter(None, record.searched_texts())))
            if text != record.search_text:
                changes[record.pk] = {"search_text": text}
        bulk.update(model, changes)


def _with_parts(model):
    records = model.objects.all()
    if model is Contact:
        roles = Prefetch("affiliations", Affiliation.objects.select_related("organisation", "role"))
        return records.prefetch_related("contact_points", roles)
    if model is Organisation:
        return records.select_related("municipality").prefetch_related("contact_points")
    return records
