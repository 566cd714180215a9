"""Which courses would meet a need, and why, in a sentence. Nothing is matched by itself: a person reads and decides."""

import math
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Course, Need
from crm.training import Area

MOST = 8
NEAR = 50  # kilometres that people travel to a course
EARTH = 6371


@dataclass
class Suggestion:
    """A course for a need: what speaks for it, and what has to be looked at."""

    need: Need
    course: Course
    score: int = 0
    reasons: list = field(default_factory=list)
    cautions: list = field(default_factory=list)

    def speaks_for(self, points, reason):
        self.score += points
        self.reasons.append(reason)

    def speaks_against(self, points, reason):
        self.score -= points
        self.cautions.append(reason)

    @property
    def sentence(self):
        because = _("Suggested because of: %(reasons)s.") % {"reasons": ", ".join(self.reasons)}
        but = _("Look at: %(cautions)s.") % {"cautions": ", ".join(self.cautions)} if self.cautions else ""
        return " ".join(filter(None, [because, but]))


def courses_for(need, *, day=None):
    """Return Suggestions for a need, the best first: courses ahead in the same area, or with words in common."""
    matched = need.matches.values("course")
    courses = Course.objects.active().ahead(day or timezone.localdate()).exclude(pk__in=matched).with_seats()
    found = [weigh(need, course) for course in courses.select_related("provider__municipality")]
    return _best(found)


def needs_for(course):
    """Return Suggestions of needs that a course would meet, the best first."""
    needs = Need.objects.active().to_meet().exclude(matches__course=course).select_related("organisation__municipality", "municipality")
    if course.area != Area.OTHER:
        needs = needs.filter(Q(area=course.area) | Q(area=Area.OTHER))
    counted = Course.objects.with_seats().select_related("provider__municipality").get(pk=course.pk)
    return _best([weigh(need, counted) for need in needs.newest_first()[:500]])


def _best(found):
    fitting = [one for one in found if one is not None and one.score > 0]
    return sorted(fitting, key=lambda one: (-one.score, one.course.since is None, one.course.since, one.need.pk))[:MOST]


def weigh(need, course):
    """Return the Suggestion of a course, which tells the number of seats that are `left`, or None when it is about something else."""
    found = Suggestion(need, course)
    if not _weigh_subject(found):
        return None
    for part in (_weigh_level, _weigh_time, _weigh_seats, _weigh_distance):
        part(found)
    return found


def _weigh_subject(found):
    need, course = found.need, found.course
    if need.area == course.area != Area.OTHER:
        found.speaks_for(10, _("the same area (%(area)s)") % {"area": course.get_area_display()})
        return True
    if need.area != Area.OTHER and course.area != Area.OTHER:
        return False
    said = {word for word in f"{need.text} {need.as_said}".lower().split() if len(word) > 5}
    if common := sorted(said & set(f"{course.title} {course.description}".lower().replace(".", " ").replace(",", " ").split())):
        found.speaks_for(5, _("the same words (%(words)s)") % {"words": ", ".join(common[:3])})
    return bool(common)


def _weigh_level(found):
    wanted, offered = found.need.level, found.course.level
    if not wanted or not offered:
        return
    if wanted == offered:
        found.speaks_for(4, _("the level asked for (SeQF %(level)s)") % {"level": wanted})
    elif abs(wanted - offered) == 1:
        found.speaks_for(1, _("nearly the level asked for (SeQF %(offered)s, not %(wanted)s)") % {"offered": offered, "wanted": wanted})
    else:
        found.speaks_against(3, _("the level is SeQF %(offered)s, not %(wanted)s") % {"offered": offered, "wanted": wanted})


def _weigh_time(found):
    need, course = found.need, found.course
    if not course.since or not (need.since or need.until):
        return
    ends = course.until or course.since
    day = date_format(course.since, "SHORT_DATE_FORMAT")
    if (need.until is None or course.since <= need.until) and (need.since is None or ends >= need.since):
        found.speaks_for(3, _("within the time asked for (begins %(day)s)") % {"day": day})
    else:
        found.speaks_against(2, _("it is given at another time (begins %(day)s)") % {"day": day})


def _weigh_seats(found):
    left, people = found.course.left, found.need.people or 1
    if left is None:
        found.speaks_for(1, _("no limit to the seats"))
    elif left >= people:
        found.speaks_for(2, ngettext("%(left)s seat left", "%(left)s seats left", left) % {"left": left})
    elif left > 0:
        found.speaks_against(1, _("only %(left)s seats left for %(people)s people") % {"left": left, "people": people})
    else:
        found.speaks_against(3, _("no seat left"))


def _weigh_distance(found):
    if found.course.format != Course.Format.ON_SITE:
        found.speaks_for(2, _("no journey (%(format)s)") % {"format": found.course.get_format_display().lower()})
        return
    here, there = found.need.whose_municipality, found.course.provider and found.course.provider.municipality
    if not here or not there:
        return
    if here == there:
        found.speaks_for(3, _("the same municipality (%(municipality)s)") % {"municipality": there})
        return
    kilometres = distance(here, there)
    if kilometres is None:
        return
    words = {"kilometres": round(kilometres), "municipality": there}
    if kilometres <= NEAR:
        found.speaks_for(2, _("%(kilometres)s km away (%(municipality)s)") % words)
    else:
        found.speaks_against(2, _("%(kilometres)s km away (%(municipality)s)") % words)


def distance(one, other):
    """Return how far two municipalities are apart, as the crow flies in kilometres; None where the register does not know."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return None
    at, to = [[math.radians(float(number)) for number in (place.latitude, place.longitude)] for place in (one, other)]
    half = math.sin((to[0] - at[0]) / 2) ** 2 + math.cos(at[0]) * math.cos(to[0]) * math.sin((to[1] - at[1]) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))
