from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded


class SavedViewQuerySet(models.QuerySet):
    def seen_by(self, user):
        """Somebody's own, and what others share."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


@unrecorded("is how somebody looks at a list, and holds nothing of the register")
class SavedView(models.Model):
    """A list as somebody has set it up: filter, columns and order, under a name. Private, or shared with all who see that list.

    `query` is the list's own address after the question mark, the columns and the order included.
    """

    kind = models.CharField(max_length=40, editable=False)  # the model of the list: "contact", "organisation"
    name = models.CharField(_("name"), max_length=100, help_text=_("For example “Heads in Fyrbodal”."))
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="saved_views", on_delete=models.CASCADE, editable=False
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("view")
        verbose_name_plural = _("views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "name"],
                name="crm_savedview_unique_name",
                violation_error_message=_("You have a view with this name already."),
            )
        ]

    def __str__(self):
        return self.name


@unrecorded("is a setting of one person")
class DefaultView(models.Model):
    """Which view somebody sees when they open a list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="default_views", on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    view = models.ForeignKey("crm.SavedView", related_name="defaults", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="crm_defaultview_one_per_list")]

    def __str__(self):
        return f"{self.user}: {self.view}"
