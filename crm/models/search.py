"""Search without an index engine: one column of folded text, the same on both databases.

Words are found in any order and anywhere in the text. Wagtail's own search would rewrite its index on every save of
every contact and knows only the beginnings of words.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models

from crm.text import fold, search_words, swedish_sort_key

_touched = ContextVar("touched", default=None)


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
        found = self
        for word in search_words(query):
            found = found.filter(search_text__contains=word)
        return found


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
