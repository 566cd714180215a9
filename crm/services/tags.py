"""Tags: what they are called, who has them, and doubled ones made one."""

import re
from collections import defaultdict

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict

from crm.models import ChangeSet, SavedView, Segment, Tag, Tagging
from crm.services import bulk
from crm.services.ledger import change_set
from crm.text import fold

SEPARATORS = re.compile(r"[,;\n]+")
# What two words for the same thing differ in: nätverk, nätverket; rektor, rektorer; talare, talaren.
_ENDING = re.compile(r"(?<=\w{4})(?:[aeo]rna|et|en|er|ar|or|n|a|e)$")


def split_names(text):
    """Return the names in "board, Heads; heads ": each once, whatever its case, as it was typed first."""
    names = (" ".join(part.split()) for part in SEPARATORS.split(text or ""))
    return list({fold(name): name for name in reversed([name for name in names if name])}.values())[::-1]


def tags_by_key():
    """Return {folded name: tag} of all tags. There are dozens, seldom hundreds."""
    return {fold(tag.name): tag for tag in Tag.objects.order_by("-pk")}


def similar_tags(tags):
    """Return lists of tags that may be the same but for spelling or grammatical ending: [[Nätverk, natverk], [Rektor, Rektorer]]."""
    groups = defaultdict(list)
    for tag in tags:
        groups[_skeleton(tag.name)].append(tag)
    return [group for group in groups.values() if len(group) > 1]


def with_use(tags):
    """With how many contacts and organisations have each, those left out that the lists leave out."""
    return tags.annotate(contact_count=_count("contact"), organisation_count=_count("organisation"))


def queries_with(tag):
    """Return the segments and views that filter by a tag."""
    return [one for model in (Segment, SavedView) for one in model.objects.filter(query__contains="tag=") if _asks_for(one.query, tag)]


def set_tags(record, names, *, acting_user):
    """Give a record these tags and no others; a name that no tag has becomes a new tag."""
    owner = {record._meta.model_name: record}
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        wanted = [tag.pk for tag in tags_named(names)]
        Tagging.objects.filter(**owner).exclude(tag__in=wanted).delete()
        held = set(Tagging.objects.filter(**owner).values_list("tag", flat=True))
        Tagging.objects.bulk_create(Tagging(tag_id=pk, **owner) for pk in wanted if pk not in held)


def tags_named(names):
    """Return the tags with these names, in their order; those that are missing are made."""
    known = tags_by_key()
    return [known.get(fold(name)) or Tag.objects.create(name=name) for name in names]


def merge_tags(kept, others, *, acting_user):
    """Let one tag take the place of others, everywhere: on records, in segments and in saved views."""
    others = [tag for tag in others if tag.pk != kept.pk]
    with change_set(actor=acting_user, cause=ChangeSet.Cause.MERGE, note=f"{', '.join(tag.name for tag in others)} → {kept.name}"):
        moved, doubled = _sorted_taggings(kept, others)
        bulk.update(Tagging, {pk: {"tag_id": kept.pk} for pk in moved})
        doubles = Tagging.objects.filter(bulk.one_of(Tagging, "id", doubled))
        doubles._raw_delete(doubles.db)
        for tag in others:
            _ask_for_instead(tag, kept)
        Tag.objects.filter(pk__in=[tag.pk for tag in others]).delete()
    return len(moved)


def _sorted_taggings(kept, others):
    """Return (numbers of the taggings that move, numbers of those whose record has the tag already)."""
    columns = ("pk", "contact_id", "organisation_id")
    holders = {(contact, organisation) for _pk, contact, organisation in kept.taggings.values_list(*columns)}
    moved, doubled = [], []
    for pk, *holder in Tagging.objects.filter(tag__in=others).order_by("pk").values_list(*columns):
        (doubled if tuple(holder) in holders else moved).append(pk)
        holders.add(tuple(holder))
    return moved, doubled


def _ask_for_instead(old, new):
    for saved in queries_with(old):
        params = QueryDict(saved.query, mutable=True)
        values = [str(new.pk) if value == str(old.pk) else value for value in params.getlist("tag")]
        params.setlist("tag", list(dict.fromkeys(values)))
        saved.query = params.urlencode()
        saved.save(update_fields=["query"])


def _asks_for(query, tag):
    return str(tag.pk) in QueryDict(query).getlist("tag")


def _skeleton(name):
    word, shorter = "", "".join(re.findall("[a-z0-9]", fold(name)))
    while word != shorter:
        word, shorter = shorter, _ENDING.sub("", shorter)
    return word


def _count(owner):
    held = Tagging.objects.filter(tag=OuterRef("pk"), **{f"{owner}__isnull": False, f"{owner}__archived_at": None}).order_by()
    return Coalesce(Subquery(held.values("tag").annotate(number=Count("pk")).values("number")), 0)
