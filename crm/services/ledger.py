"""Who is changing the register, and why. Every write belongs to a change set; the database's triggers see to the rest.

    with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
        contact.save()

A write outside any change set is refused by the database. Requests of the admin and the site that change something have
one from crm.middleware, opened at the first write to the register.
"""

import re
from contextlib import contextmanager

from django.db import connection, transaction

from crm.models import ChangeSet
from crm.recording import current_change_set, opens_when_needed, recordings

_WRITE = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "(\w+)"( SET "search_text" = \S+ (?:WHERE|FROM))?')

_NOTHING = ChangeSet(pk=0)  # the triggers' word for being suspended


@contextmanager
def change_set(*, actor=None, cause, note="", undoes=None):
    """Open a change set for what is written inside, in one transaction; yield it. One without changes leaves no trace.

    Inside another one, this is a part of that: an import that archives somebody is still one import.
    """
    if (outer := current_change_set.get()) is not None:
        with transaction.atomic():
            yield outer
        return
    with transaction.atomic():
        opened = ChangeSet.objects.create(actor=actor, actor_name=name_of(actor), cause=cause, note=note[:300], undoes=undoes)
        with going_on_with(opened):
            yield opened
        _forget_if_empty(opened)


@contextmanager
def going_on_with(opened):
    """Write into a change set that is there already: the next part of an import that is done in parts."""
    with transaction.atomic(), written_into(opened):
        yield opened


@contextmanager
def written_into(opened):
    """The same without a transaction of its own, for a single statement: SQLite cannot end one while rows are being returned."""
    outer = current_change_set.get()
    token = current_change_set.set(opened)
    try:
        _tell_database(opened)
        yield opened
    except BaseException:
        if not connection.in_atomic_block:  # else the rollback takes it back
            _tell_database(outer)
        raise
    else:
        _tell_database(outer)
    finally:
        current_change_set.reset(token)


@contextmanager
def opened_when_needed(opening):
    """Open a change set at the first write to the register that has none; `opening` returns its actor, cause and note.

    For whoever doesn't know what will happen inside: a request, of which most never touch the register.
    """
    opened = []

    def open_for_write(execute, sql, params, many, context):
        if current_change_set.get() is not None or not writes_to_register(sql):
            return execute(sql, params, many, context)
        if not opened or not ChangeSet.objects.filter(pk=opened[-1].pk).exists():  # gone when its transaction was rolled back
            values = opening()
            opened.append(ChangeSet.objects.create(actor_name=name_of(values.get("actor")), **values))
        with written_into(opened[-1]):
            return execute(sql, params, many, context)

    token = opens_when_needed.set(True)
    try:
        with connection.execute_wrapper(open_for_write):
            yield
    finally:
        opens_when_needed.reset(token)
    for change_set in opened:
        _forget_if_empty(change_set)


def writes_to_register(sql):
    """Whether a statement writes what the ledger records; a searched text is made from that and not recorded."""
    match = _WRITE.match(sql)
    tables = {recording.model._meta.db_table for recording in recordings().values()}
    return bool(match) and match[1] in tables and not match[2]


@contextmanager
def suspended():
    """Write without a record. Only for emptying the whole database, where the ledger goes too."""
    with going_on_with(_NOTHING):
        yield


def name_of(actor):
    return (actor.get_full_name() or actor.get_username()) if actor else ""


def _tell_database(opened):
    # SQLite's triggers ask Python (see crm/services/triggers.py).
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('knutpunkt.change_set', %s, false)", ["" if opened is None else str(opened.pk)])


def _forget_if_empty(opened):
    ChangeSet.objects.filter(pk=opened.pk).exclude(pk__in=ChangeSet.objects.with_changes().filter(pk=opened.pk).values("pk")).delete()
