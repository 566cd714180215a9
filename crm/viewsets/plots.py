"""Small plots as SVG, drawn on the server. The words beside them say the same to whoever does not see them."""

from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 240, 40, 2
TALL = 100  # of a plot over time


@dataclass(frozen=True)
class Part:
    """A stretch of a bar, or a column. `tone` names a class of static/css/admin/dashboard.css; `url` leads to the rows behind it."""

    label: str
    number: int
    tone: str = "plain"
    url: str = ""


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    part: Part


def bar(parts):
    """Return the Rects of one bar that is divided as the numbers are; what is there is never too small to be seen."""
    parts = [part for part in parts if part.number]
    total = sum(part.number for part in parts)
    room = WIDTH - GAP * (len(parts) - 1)
    rects, x = [], 0.0
    for part in parts:
        width = max(round(room * part.number / total, 1), 2)
        rects.append(Rect(round(x, 1), 0, width, 12, part))
        x += width + GAP
    return rects


def columns(parts):
    """Return the Rects of a column for each part, the highest as high as there is room."""
    highest = max((part.number for part in parts), default=0) or 1
    width = (WIDTH - GAP * (len(parts) - 1)) / len(parts) if parts else 0
    rects = []
    for place, part in enumerate(parts):
        height = max(round(HEIGHT * part.number / highest, 1), 1)
        rects.append(Rect(round(place * (width + GAP), 1), round(HEIGHT - height, 1), round(width, 1), height, part))
    return rects


@dataclass(frozen=True)
class Line:
    """The points of a curve as SVG takes them."""

    label: str
    tone: str
    points: str


def lines(plot):
    """Return the Lines of a Plot over time (crm.services.curves), levels first, on WIDTH × TALL."""
    span, height = (plot.last - plot.first).days or 1, float(plot.top - plot.bottom) or 1.0

    def point(day, number):
        x = WIDTH * (day - plot.first).days / span
        return f"{x:.1f},{TALL - TALL * float(number - plot.bottom) / height:.1f}"

    def line(one, points):
        return Line(one.label, one.tone, " ".join(point(*pair) for pair in points))

    levels = [line(level, [(plot.first, level.number), (plot.last, level.number)]) for level in plot.levels]
    return [*levels, *[line(curve, curve.points) for curve in plot.curves]]
