"""Lists as people have set them up, kept under a name."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.models import DefaultView, SavedView

# Of an address, what says where somebody is in a list, not what the list is.
PASSING = ("p", "view", "panel", "export", "_w_filter_fragment", "next")


def query_of(params):
    """Return what of an address makes the list what it is, always written in the same way."""
    kept = QueryDict(mutable=True)
    for name in sorted(params):
        if name not in PASSING and (values := [value for value in params.getlist(name) if value]):
            kept.setlist(name, values)
    return kept.urlencode()


def tidied(query):
    return query_of(QueryDict(query.lstrip("?")))


def address_of(view, list_url):
    """Return where a view is seen: the list's address with all that the view holds, and the view's own number."""
    params = QueryDict(view.query, mutable=True)
    params["view"] = view.pk
    return f"{list_url}?{params.urlencode(safe=',')}"


def save_view(view, *, query, acting_user):
    """Store a new view, or an own one that has been renamed or set up anew. Raises ValidationError when the name is taken."""
    view.owner = acting_user
    view.query = tidied(query)
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ValidationError(_("You have a view with this name already.")) from None
    return view


def views_for(user, kind):
    """The views that somebody may choose in a list: their own, then what others share."""
    views = SavedView.objects.seen_by(user).filter(kind=kind).select_related("owner")
    return sorted(views, key=lambda view: (view.owner_id != user.pk, view.name.casefold(), view.pk))


def default_view(user, kind):
    """The view that somebody has chosen to see when they open a list, or None. One that is no longer shared doesn't count."""
    chosen = DefaultView.objects.filter(user=user, kind=kind, view__in=SavedView.objects.seen_by(user)).select_related("view").first()
    return chosen.view if chosen else None


def set_default(view, *, acting_user):
    DefaultView.objects.update_or_create(user=acting_user, kind=view.kind, defaults={"view": view})


def clear_default(kind, *, acting_user):
    DefaultView.objects.filter(user=acting_user, kind=kind).delete()
