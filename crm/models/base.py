"""What several models of the register have in common: being dated, and being archived instead of deleted."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet):
    def on(self, day):
        """What held on a day. An unknown beginning counts as long ago, an unknown end as still going on."""
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day))

    def current(self):
        return self.on(timezone.localdate())

    def during(self, first, last):
        """What held on at least one day of the period, both ends included."""
        return self.filter(Q(since=None) | Q(since__lte=last), Q(until=None) | Q(until__gte=first))


class Dated(models.Model):
    """Something that holds from a day to a day, both included."""

    since = models.DateField(_("from"), null=True, blank=True, help_text=_("Leave empty when nobody knows."))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day. Empty means still going on."))

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("The last day is before the first day, %(since)s.") % {"since": self.since}})


class ArchivableQuerySet(models.QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def archived(self):
        return self.exclude(archived_at=None)

    def active_on(self, day):
        """Not yet archived at the end of a day."""
        return self.filter(Q(archived_at=None) | Q(archived_at__date__gt=day))


class Archivable(models.Model):
    """Something that leaves the lists but not the register, and can come back."""

    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False, db_index=True)

    class Meta:
        abstract = True

    @property
    def is_archived(self):
        return self.archived_at is not None
