"""Search without an index engine: one column of folded text, the same on both databases.

Words are found in any order and anywhere in the text. Wagtail's own search would rewrite its index on every save of
every contact and knows only the beginnings of words.

An index of three letters each (crm/services/search_index.py) narrows down which texts are looked at, and never decides what is found:
PostgreSQL uses it by itself, SQLite has to be asked.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connections, models
from django.db.models.expressions import RawSQL

from crm.text import fold, search_words, swedish_sort_key

_touched = ContextVar("touched", default=None)
_LETTERS = 3  # that the index goes by
_MOST = 20  # groups of letters that a query is narrowed down by


@contextmanager
def search_texts_refreshed_once():
    """Within this, a record whose parts change several times gets its searched text once, at the end."""
    touched = {}
    token = _touched.set(touched)
    try:
        yield
    finally:
        _touched.reset(token)
    for record in touched.values():
        record.refresh_search_text()


class SearchableQuerySet(models.QuerySet):
    def search(self, query):
        """Narrow down to what contains every word of the query: any order, å as a, phone numbers in any form."""
        words = search_words(query)
        return self.indexed_for(words).containing(words)

    def containing(self, words):
        """Narrow down to what contains each of these folded words, by reading the texts."""
        found = self
        for word in words:
            found = found.filter(search_text__contains=word)
        return found

    def indexed_for(self, words):
        """Narrow down to what the index knows to hold the words' letters, though perhaps in another order; not at all without one."""
        groups = dict.fromkeys(word[at : at + _LETTERS] for word in words for at in range(len(word) - _LETTERS + 1))
        table = search_index_of(self.model._meta.db_table)
        if not groups or not _is_asked(connections[self.db], table):
            return self
        quoted = ['"' + group.replace('"', '""') + '"' for group in list(groups)[:_MOST]]
        return self.filter(pk__in=RawSQL(f'SELECT rowid FROM "{table}" WHERE "{table}" MATCH %s', [" AND ".join(quoted)]))


def search_index_of(table):
    return f"{table}_search"


def _is_asked(connection, index):
    """Whether SQLite has this index. Asked once a connection, and past Django, which would count it among a page's queries."""
    if connection.vendor != "sqlite":
        return False
    known = connection.__dict__.setdefault("_search_indexes", {})
    if index not in known:
        connection.ensure_connection()
        found = connection.connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [index]).fetchone()
        known[index] = found is not None
    return known[index]


def forget_search_indexes(connection):
    connection.__dict__.pop("_search_indexes", None)


class Searchable(models.Model):
    search_text = models.TextField(editable=False, default="")
    sort_key = models.CharField(max_length=400, editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.sort_key = self.make_sort_key()
        super().save(*args, **kwargs)
        self.refresh_search_text()

    def make_sort_key(self):
        return swedish_sort_key(*self.sort_words())[:400]

    def refresh_search_text(self):
        """Write the searched text anew; to be called when something that belongs to the record has changed."""
        if (touched := _touched.get()) is not None:
            touched[type(self), self.pk] = self
            return
        stored = type(self).objects.get(pk=self.pk)  # without relatives that a form has put on it and not saved
        text = fold(" ".join(filter(None, stored.searched_texts())))
        if text != stored.search_text:
            type(self).objects.filter(pk=self.pk).update(search_text=text)
        self.search_text = text

    def sort_words(self):
        raise NotImplementedError

    def searched_texts(self):
        raise NotImplementedError
