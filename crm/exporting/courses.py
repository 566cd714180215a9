from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.courses import CourseFilterSet
from crm.models import Course
from crm.training import Area, FocusArea, Level


class CourseChunk(Chunk):
    @cached_property
    def courses(self):
        return self.load(Course.objects.with_seats().select_related("provider", "project"))


class CourseRow:
    __slots__ = ("course",)

    def __init__(self, course):
        self.course = course

    @property
    def number(self):
        return self.course.pk


def of_course(name):
    return lambda row: getattr(row.course, name)


@exportable
class CourseExport(Exportable):
    kind = "courses"
    title = _("Courses")
    model = Course
    filterset_class = CourseFilterSet
    chunk_class = CourseChunk
    groups = (
        Group(
            _("Course"),
            [
                Field("title", _("Course"), of_course("title")),
                Field("provider", _("Provider"), lambda row: row.course.provider and row.course.provider.name),
                Field("state", _("State"), lambda row: word(Course.State, row.course.state)),
                Field("course_format", _("Format"), lambda row: word(Course.Format, row.course.format)),
                Field("place", _("Place"), of_course("place")),
                Field("since", _("From"), of_course("since")),
                Field("until", _("Until"), of_course("until")),
                Field("apply_by", _("Apply by"), of_course("apply_by")),
                Field("seats", _("Seats"), of_course("seats")),
                Field("taken", _("Confirmed seats"), of_course("taken")),
                Field("left", _("Seats left"), of_course("left")),
                more("waiting", _("Seats on the waiting list"), of_course("waiting")),
                Field("area", _("Area of education"), lambda row: word(Area, row.course.area)),
                Field("level", _("SeQF level"), lambda row: word(Level, row.course.level)),
                Field("focus_area", _("Focus area"), lambda row: word(FocusArea, row.course.focus_area)),
                Field("is_pilot", _("Pilot"), of_course("is_pilot")),
                Field("project", _("Project"), lambda row: row.course.project and row.course.project.name),
                more("description", _("Description"), of_course("description")),
                more("archived_on", _("Archived"), lambda row: day_of(row.course.archived_at)),
            ],
        ),
    )

    def rows(self, chunk):
        return [CourseRow(course) for course in chunk.courses]
