"""What becomes of newsletters when two contacts become one (crm.services.merges). Each subscription keeps its proof of consent."""

from crm.models import Contact
from crm.services.merge_rules import adjust, follow
from newsletter.models import Delivery, Subscription

follow(Subscription, "contact")
follow(Delivery, "contact")


@adjust(Contact)
def let_leaving_win(draft):
    """Who has left a newsletter under one of two names has left it: what the other one gets of it ends, too."""
    sides = {draft.kept_id: {}, draft.gone_id: {}}
    for row in draft.rows_of(Subscription, draft.owner, [draft.kept_id]):
        side = sides[draft.came_from(Subscription, row["id"])]
        side.setdefault(row["newsletter_id"], []).append(row)
    for side, other in ((draft.kept_id, draft.gone_id), (draft.gone_id, draft.kept_id)):
        for newsletter, rows in sides[side].items():
            if leaving := _leaving(rows):
                _end(draft, sides[other].get(newsletter, ()), leaving)


def _leaving(rows):
    """Return the subscription by which somebody has left a newsletter that they do not get at another address."""
    if any(row["state"] == Subscription.State.ACTIVE for row in rows):
        return None
    left = [row for row in rows if row["state"] == Subscription.State.UNSUBSCRIBED or row["unsubscribed_at"]]
    return left[0] if left else None


def _end(draft, rows, leaving):
    for row in rows:
        if row["state"] != Subscription.State.UNSUBSCRIBED:
            values = {name: leaving[name] for name in ("unsubscribed_at", "unsubscribed_by")}
            draft.change(Subscription, row["id"], {"state": Subscription.State.UNSUBSCRIBED.value, **values})
