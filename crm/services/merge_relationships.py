"""Relations of organisations that become one: none with itself stays, and none that is told from either side is told twice."""

from crm.models import Organisation, Relationship
from crm.services.merge_rules import adjust

_TEXTS = ("note", "source")


@adjust(Organisation)
def tell_each_relation_once(draft):
    told = {}
    numbers = [draft.kept_id]
    rows = {row["id"]: row for column in ("organisation_id", "other_id") for row in draft.rows_of(Relationship, column, numbers)}
    for number, row in sorted(rows.items()):
        if row["organisation_id"] == row["other_id"]:
            draft.delete(Relationship, number)
        elif row["kind"] in Relationship.MUTUAL:
            pair = frozenset((row["organisation_id"], row["other_id"]))
            _keep_or_drop(draft, row, told.setdefault((pair, row["kind"], row["since"], row["until"]), []))


def _keep_or_drop(draft, row, kept):
    """Drop a row that says nothing else than one that is kept, which takes over what it leaves open."""
    for one in kept:
        if all(one[name] == row[name] or not one[name] or not row[name] for name in _TEXTS):
            texts = {name: one[name] or row[name] for name in _TEXTS}
            draft.change(Relationship, one["id"], texts)
            one.update(texts)
            draft.delete(Relationship, row["id"])
            return
    kept.append(row)
