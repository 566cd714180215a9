"""The searched text of many records at once (one at a time makes its own, crm.models.search), and a quick look into it."""

from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Prefetch, Q, TextField, Value
from django.db.models.functions import Concat

from crm.models import Activity, Affiliation, Contact, Organisation, Project
from crm.services import bulk
from crm.text import fold, search_words, swedish_sort_key

AT_ONCE = 1000
FIRST = 2_000  # records of a list that are read whatever they hold
ENOUGH = 20
MOST = 300
_AFTER_ANY = "z" * 9  # sorts after whatever follows the beginning of a sort key
_DOTTED = {"a": ("a", "zza", "zzb"), "o": ("o", "zzc")}  # å and ä, ö: how the sort key writes them


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


def some_matches(model, query):
    """Return records that contain every word of a query, in the order of their list: the quick answer, whatever the register's size.

    Words that many records hold are found among the first ones of the list, rare ones by the index. Those whose name begins with the
    query are among them. Nothing is left out in a register of up to FIRST records, or where at most MOST hold the words.
    """
    words = search_words(query)
    ordered = model.objects.order_by("sort_key", "pk").defer("search_text")
    found = {record.pk: record for record in [*_first(ordered, words), *_called(ordered, query)]}
    if len(found) < ENOUGH and any(len(word) > 2 for word in words):
        with _by_the_index():
            found |= {record.pk: record for record in model.objects.search(query).order_by().defer("search_text")[:MOST]}
    return sorted(found.values(), key=lambda record: (record.sort_key, record.pk))


def _first(ordered, words):
    """Return those among the first of the list. What is read is an expression, so that PostgreSQL doesn't ask its index about them all."""
    first = ordered.filter(pk__in=ordered.values("pk")[:FIRST]).alias(read=Concat("search_text", Value(""), output_field=TextField()))
    return first.filter(*[Q(read__contains=word) for word in words])[:MOST]


def _called(ordered, query):
    """Yield those whose sort key begins with a word of the query. One range at a time: it is read in order, and no further than needed."""
    for word in query.split()[:2]:
        for key in _with_dots(swedish_sort_key(word)):
            yield from ordered.filter(sort_key__gte=key, sort_key__lt=key + _AFTER_ANY).containing(search_words(query))[:ENOUGH]


def _with_dots(key):
    return [start + key[1:] for start in _DOTTED.get(key[:1], key[:1])] if key else []


@contextmanager
def _by_the_index():
    """Keep PostgreSQL from reading the whole table: it takes rare words for common ones."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")  # a transaction around this one goes on


def _with_parts(model):
    records = model.objects.all()
    if model is Contact:
        roles = Prefetch("affiliations", Affiliation.objects.select_related("organisation", "role"))
        return records.prefetch_related("contact_points", roles)
    if model is Organisation:
        return records.select_related("municipality").prefetch_related("contact_points")
    if model is Activity:
        return records.prefetch_related("participations__contact", "participations__organisation")
    if model is Project:
        return records.select_related("funder", "lead")
    return records
