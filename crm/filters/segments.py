import django_filters
from django.core.exceptions import ValidationError


class SegmentField(django_filters.fields.ModelChoiceField):
    """A segment whose own filter makes sense, too; for one that doesn't, says why."""

    filterset = None

    def clean(self, value):
        segment = super().clean(value)
        if segment is not None:
            try:
                self.filterset.inside(segment)
            except ValidationError as error:  # a FilterError names the fields of the segment's filter, not of this one
                raise ValidationError(error.messages) from error
        return segment


class SegmentFilter(django_filters.ModelChoiceFilter):
    """Those in a segment, the exceptions made by hand included. Its filterset says who that is, by `inside(segment)`."""

    field_class = SegmentField

    @staticmethod
    def is_allowed(user):
        return user.has_perm("crm.view_segment") or user.has_perm("crm.change_segment")

    @property
    def field(self):
        field = super().field
        field.filterset = self.parent
        return field

    def filter(self, queryset, segment):
        return queryset.filter(pk__in=self.parent.inside(segment).order_by().values("pk")) if segment else queryset
