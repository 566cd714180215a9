"""What of the ledger somebody may read and take back: as much as they may see and change in the forms themselves."""

from django.apps import apps
from django.db.models import Case, Q, Value, When

from crm.models import Change, ChangeSet, Contact, FeeReminder, MergedRecord, Organisation
from crm.recording import recordings
from crm.services.values import OWNERS_OF_LINES

# A line may stand in the form of one or the other kind of record: an e-mail address of a contact or of an organisation.
_SHARED = tuple(dict.fromkeys(column for columns in OWNERS_OF_LINES.values() if len(columns) > 1 for column in columns))

# What taking back a change does, and the permission that does the same in a form.
_OPPOSITES = {Change.Action.CREATED: "delete", Change.Action.CHANGED: "change", Change.Action.DELETED: "add"}


def may(user, action, model):
    return user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")


def may_view(user, model):
    return may(user, "view", model) or may(user, "change", model)


def may_merge(user, model):
    """Whether somebody may make two records one: that changes one and deletes the other, and whatever refers to it follows."""
    return may(user, "change", model) and may(user, "delete", model)


def is_line(model):
    """Whether records of a model have no form of their own, but stand in the form of another record."""
    return model in OWNERS_OF_LINES


def form_of(change):
    """Return the model in whose form the changed record stands."""
    return _form(apps.get_model(change.model), next((column for column in _SHARED if getattr(change, column) is not None), ""))


def may_read_anything(user):
    return any(may_view(user, recording.model) for recording in recordings().values() if not is_line(recording.model))


def readable_changes(user):
    """Return a condition on changes: those of records that somebody may see. An empty one means all."""
    cases = [case for label in recordings() for case in _cases(label)]
    allowed = [condition for condition, form in cases if may_view(user, form)]
    if len(allowed) == len(cases):
        return Q()
    return Q(*allowed, _connector=Q.OR) if allowed else Q(pk__in=[])


def may_take_back(user, change):
    """Whether somebody may put a value back, or bring a deleted record or line back."""
    model = apps.get_model(change.model)
    return may(user, "change" if is_line(model) else _OPPOSITES[change.action], form_of(change))


def may_undo(user, change_set):
    """Whether somebody may take back a whole change set.

    That needs the permission for each thing it would do. What somebody has added they may take away again, even without the
    permission to delete what others have added. Records that were merged may be separated by whoever may merge them.
    """
    if (merged := _merged_model(change_set)) is not None:
        return may_merge(user, merged)
    if change_set.cause == ChangeSet.Cause.EDIT and change_set.changes.filter(model=FeeReminder._meta.label_lower).exists():
        return False  # a mail that has gone out cannot be taken back, and that it went out is to be known
    owner = Case(*[When(**{f"{column}__isnull": False}, then=Value(column)) for column in _SHARED], default=Value(""))
    touched = change_set.changes.order_by().annotate(owner=owner).values_list("model", "action", "owner").distinct()
    own = change_set.actor_id == user.pk
    for label, action, column in touched:
        model = apps.get_model(label)
        form, needed = _form(model, column), "change" if is_line(model) else _OPPOSITES[action]
        if not may(user, needed, form) and not (needed == "delete" and own and may(user, "add", form)):
            return False
    return True


def _merged_model(change_set):
    """Return the model of the records that a change set has made one, or has separated; None for any other."""
    while change_set.undoes is not None:
        change_set = change_set.undoes
    if change_set.cause != ChangeSet.Cause.MERGE:
        return None
    made = change_set.changes.filter(model=MergedRecord._meta.label_lower, action=Change.Action.CREATED).first()
    if made is None:
        return None
    return Contact if made.contact_id else Organisation


def _form(model, column):
    """Return the model in whose form records of a model stand, when the column leads to what they belong to."""
    columns = OWNERS_OF_LINES.get(model)
    if not columns:
        return model
    return model._meta.get_field((column if column in columns else columns[-1]).removesuffix("_id")).related_model


def _cases(label):
    """Yield (condition on changes, model in whose form they stand). The first column that holds something says it, else the last."""
    model = apps.get_model(label)
    *others, last = OWNERS_OF_LINES.get(model, [""])
    condition = Q(model=label)
    for column in others:
        yield condition & Q(**{f"{column}__isnull": False}), _form(model, column)
        condition &= Q(**{f"{column}__isnull": True})
    yield condition, _form(model, last)
