"""Plots as SVG, drawn on the server: bars, a line, a map. Beside each stands a table that says the same.

Coordinates are text, so that no template writes a decimal comma into them.
"""

from dataclasses import dataclass
from math import cos, radians, sqrt

WIDTH, HEIGHT = 320, 140
TOP, BOTTOM = 18, 20  # room for a number above and a label below
MAP_HEIGHT, MARGIN, SMALLEST, LARGEST = 300, 18, 2.5, 15
LETTER, LINE, MOST_NAMED = 5, 11, 10  # of a label on a map


def _at(number):
    return f"{number:.1f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Mark:
    """A bar, a point of a line or a spot on a map, with what it says."""

    x: str
    y: str
    label: str
    number: int
    width: str = ""
    height: str = ""
    radius: str = ""
    middle: str = ""  # of a bar
    above: str = ""  # where its number or name stands; empty where there is no room for one
    is_last: bool = False

    @property
    def words(self):
        return f"{self.label}: {self.number}"


def words_of(marks):
    """What is read to whoever does not see the plot."""
    return ", ".join(mark.words for mark in marks)


def bars(pairs):
    """Return a Mark for each (label, number), the highest as high as there is room. What is not known is left empty."""
    highest = max((number or 0 for _label, number in pairs), default=0) or 1
    step, room = WIDTH / max(len(pairs), 1), HEIGHT - TOP - BOTTOM
    found = []
    for place, (label, number) in enumerate(pairs):
        if number is None:
            continue
        width, height = min(step * 0.7, 48), room * max(number, 0) / highest
        x, y = (place + 0.5) * step, HEIGHT - BOTTOM - height
        found.append(
            Mark(
                *(_at(x - width / 2), _at(y), str(label), number, _at(width), _at(height)),
                middle=_at(x),
                above=_at(y - 5),
                is_last=place == len(pairs) - 1,
            )
        )
    return found


def line(pairs):
    """Return (Marks, the points of a line through them); the lowest number is not the bottom, so that no small change looks large."""
    highest = max((number or 0 for _label, number in pairs), default=0) or 1
    step, room = WIDTH / max(len(pairs), 1), HEIGHT - TOP - BOTTOM
    found = []
    for place, (label, number) in enumerate(pairs):
        if number is not None:
            x, y = (place + 0.5) * step, HEIGHT - BOTTOM - room * max(number, 0) / highest
            found.append(Mark(_at(x), _at(y), str(label), number, middle=_at(x), above=_at(y - 8), is_last=place == len(pairs) - 1))
    return found, " ".join(f"{mark.x},{mark.y}" for mark in found)


def places(spots):
    """Return (Marks, width) of a map: a spot for each (label, number, latitude, longitude), its area as large as its number.

    Those without a number are drawn as points, so that the region keeps its shape. Of the others, the
    largest have their names, as far as there is room.
    """
    spots = [spot for spot in spots if spot[2] is not None and spot[3] is not None]
    if not spots:
        return [], WIDTH
    south, north = min(float(spot[2]) for spot in spots), max(float(spot[2]) for spot in spots)
    west, east = min(float(spot[3]) for spot in spots), max(float(spot[3]) for spot in spots)
    # A degree of longitude is shorter than one of latitude, the more so the further north.
    narrow = cos(radians((south + north) / 2))
    scale = (MAP_HEIGHT - 2 * MARGIN) / max(north - south, (east - west) * narrow * 0.6, 0.1)
    highest = max(number for _label, number, *_place in spots) or 1
    found, named = [], []
    for label, number, latitude, longitude in sorted(spots, key=lambda spot: -spot[1]):
        radius = max(LARGEST * sqrt(number / highest), SMALLEST + 1) if number else SMALLEST
        x, y = MARGIN + (float(longitude) - west) * narrow * scale, MARGIN + (north - float(latitude)) * scale
        box = _box(f"{label} {number}", x, y - radius - 3)
        is_named = number and len(named) < MOST_NAMED and not any(_overlap(box, other) for other in named)
        named += [box] if is_named else []
        above = _at(y - radius - 3) if is_named else ""
        found.append(Mark(_at(x), _at(y), str(label), number, radius=_at(radius), middle=_at(x), above=above))
    return found, round(2 * MARGIN + (east - west) * narrow * scale)


def _box(text, middle, bottom):
    half = len(text) * LETTER / 2
    return middle - half, bottom - LINE, middle + half, bottom


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
