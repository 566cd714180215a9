from collections import defaultdict

from crm.models import Tagging
from crm.services.bulk import among


def tags_of(owner, numbers):
    """Return {number of a contact or organisation: "Board, Speaker"}."""
    found = defaultdict(list)
    taggings = Tagging.objects.filter(**{f"{owner}__in": among(numbers, "bigint")}).order_by("tag__sort_key", "pk")
    for number, name in taggings.values_list(f"{owner}_id", "tag__name"):
        found[number].append(name)
    return {number: ", ".join(names) for number, names in found.items()}
