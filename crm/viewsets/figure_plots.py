"""A figure as a card of the report shows it: its number, its comparisons as plot and table, and the way to its rows."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property

from crm.charts import bars, line, places, words_of
from crm.figures.addresses import address_of
from crm.filters.figures import LISTED
from crm.models import Municipality

MOST_AREAS = 12  # in the table at first


def list_url(figure, period):
    """The list of the rows that a figure counts; where no list can say it, a page of its own."""
    name = figure.model._meta.model_name
    if name not in LISTED:
        params = {"year": period.year, "scope": period.scope, "on": period.as_of or ""}
        return f"{reverse('figures:rows', args=[figure.key])}?{urlencode({name: value for name, value in params.items() if str(value)})}"
    # Archived since, but counted: they are rows, too.
    return f"{reverse(f'{name}:index')}?{urlencode({'figure': address_of(figure.key, period), 'archived': 'all'}, safe='@:/')}"


class FigureCard:
    def __init__(self, counted, *, plot="", by="", municipalities=()):
        self.counted, self.figure = counted, counted.figure
        self.plot, self.by, self.municipalities = plot, by, municipalities

    @property
    def shown(self):
        """The number as people read it; a dash where there is none."""
        return shown_value(self.figure, self.counted.value)

    @property
    def difference(self):
        found = self.counted.difference
        return f"{found:+}".replace("-", "−") if found else ""

    @property
    def before(self):
        return self.counted.earlier[-2][0] if len(self.counted.earlier) > 1 else ""

    @property
    def url(self):
        return list_url(self.figure, self.counted.period) if self.counted.value is not None else ""

    @property
    def years(self):
        return [(year, shown_value(self.figure, value)) for year, value in self.counted.earlier]

    @cached_property
    def marks(self):
        """The plot of the years, or None."""
        pairs = [(str(year), value) for year, value in self.counted.earlier]
        if self.plot == "none" or not any(value for _year, value in pairs):
            return None
        marks, points = line(pairs) if self.plot == "line" else (bars(pairs), "")
        return {"marks": marks, "points": points, "words": words_of(marks), "template": self._template}

    @property
    def _template(self):
        return "components/plot_line.html" if self.plot == "line" else "components/plot_bars.html"

    @cached_property
    def areas(self):
        """[(name, number, URL of the rows)], the largest first."""
        if not self.counted.areas:
            return []
        names = {one.code: one.name for one in self.municipalities} if self.by == "municipality" else {}
        found = sorted(self.counted.areas.items(), key=lambda pair: (-pair[1], names.get(pair[0], pair[0])))
        return [(names.get(key, key), number, self._area_url(key)) for key, number in found if key]

    def _area_url(self, key):
        return f"{reverse('figures:area', args=[self.figure.key])}?{urlencode({**self._period, 'scope': f'{self.by}:{key}'}, safe=':/')}"

    @property
    def _period(self):
        period = self.counted.period
        return {"year": period.year, **({"on": period.as_of} if period.as_of else {})}

    @property
    def first_areas(self):
        return self.areas[:MOST_AREAS]

    @property
    def more_areas(self):
        return self.areas[MOST_AREAS:]

    @cached_property
    def map(self):
        """The municipalities where they lie, or None."""
        if self.by != "municipality" or not self.areas:
            return None
        numbers = self.counted.areas
        marks, width = places([(one.name, numbers.get(one.code, 0), one.latitude, one.longitude) for one in self.municipalities])
        return {"marks": marks, "width": width, "words": words_of([mark for mark in marks if mark.number])} if marks else None


def shown_value(figure, value):
    if value is None:
        return "–"
    number = number_format(value, force_grouping=True)
    return f"{number} %" if figure.is_percent else number


def cards_of(counted, *, plot, by):
    """Return a FigureCard for each Counted; the municipalities are read once for all of them."""
    municipalities = list(Municipality.objects.all()) if by == "municipality" else []
    return [FigureCard(one, plot=plot, by=by, municipalities=municipalities) for one in counted]
