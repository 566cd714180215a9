"""The rows of an import as the page shows them: what happens to each, its question, and the cells that can be corrected."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.apps import apps
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.importing.outcomes import SKIP
from crm.models import ImportJob, ImportRow
from crm.viewsets.import_access import columns_of
from crm.viewsets.links import page_url

Fate = ImportRow.Fate
ROWS_PER_PAGE = 25
FATES = {
    Fate.CREATED: _("New"),
    Fate.CHANGED: _("Changed"),
    Fate.UNCHANGED: _("Unchanged"),
    Fate.ASKED: _("To be decided"),
    Fate.SKIPPED: _("Skipped"),
    Fate.REFUSED: _("Refused"),
}
# The first answer to the question whether somebody has changed jobs; the other questions ask who somebody is.
JOB_QUESTION = {"question__options__0__0": "change"}


@dataclass
class Cell:
    name: str  # of the field in the form
    label: str
    text: str
    sentences: list = field(default_factory=list)

    @property
    def is_long(self):
        return "\n" in self.text or len(self.text) > 80


class ShownRow:
    """A row with what the template needs. `order`: the columns as the file has them; `is_open`: it can still be decided about."""

    def __init__(self, row, labels, order, *, is_open, url="", number=None):
        self.number, self.fate, self.label, self.changes = row.number, row.fate, row.label, row.changes
        self.url, self.shown_number = url, number or row.number
        self.fate_label = FATES[row.fate]
        self.has_inputs = is_open and row.fate in (Fate.REFUSED, Fate.ASKED)
        self.question = row.question if is_open and row.fate == Fate.ASKED else None
        answers = [one for one in row.answer.split() if not one.startswith("(")]
        self.is_left_out = is_open and SKIP in answers
        self.is_decided = is_open and bool(answers) and not self.is_left_out
        self.corrected = [f"{labels.get(name, name)}: {text}" for name, text in sorted(row.corrections.items())]
        self.sentences, self.bad, self.others = [], [], []
        self._sort_cells(row, labels, order)

    def _sort_cells(self, row, labels, order):
        cells, bad = row.cells or {}, {}
        for column, sentence in row.messages:
            name = column
            if column in ("first_name", "last_name") and column not in cells and "full_name" in cells:
                name = "full_name"
            if name and self.has_inputs:
                said = sentence if name == column else f"{labels[column]}: {sentence}"
                bad.setdefault(name, []).append(said)
            else:
                self.sentences.append(f"{labels.get(column, column)}: {sentence}" if column else sentence)
        for name in sorted({*bad, *cells}, key=lambda name: (order.index(name) if name in order else len(order), name)):
            cell = Cell(f"cell-{row.number}-{name}", labels.get(name, name), cells.get(name, ""), bad.get(name, []))
            (self.bad if name in bad else self.others).append(cell)

    @cached_property
    def plain_cells(self):
        return [cell for cell in self.others if cell.text]


def urls_of(rows):
    """Return {(model, number): URL} of the records that rows speak of and that are still there."""
    numbers = defaultdict(set)
    for row in rows:
        if row.model and row.object_id:
            numbers[row.model].add(row.object_id)
    found = {}
    for label, pks in numbers.items():
        model = apps.get_model(label)
        found |= {(label, pk): page_url(model, pk) for pk in model._default_manager.filter(pk__in=pks).values_list("pk", flat=True)}
    return found


def numbers_of(job):
    """Return {number of a row: what the page shows}. Cards are counted: the line on which one begins tells nobody anything."""
    if job.options.get("format") != "vcard":
        return {}
    return {number: index for index, number in enumerate(job.rows.order_by("number").values_list("number", flat=True), 1)}


class RowsMixin:
    """The tabs and the page of rows; for a view with a job."""

    def rows_context(self):
        job, fate = self.job, self.request.GET.get("fate", "")
        fate = fate if fate in FATES else ""
        rows = job.rows.filter(fate=fate) if fate else job.rows.all()
        paginator = Paginator(rows, ROWS_PER_PAGE)
        # The counts are known, and counting a million rows isn't cheap.
        paginator.count = job.counts[fate] if fate else job.row_count
        page = paginator.get_page(self.request.GET.get("p"))
        labels = {name: str(column.label) for name, column in self.importer.columns.items()}
        is_open = job.state == ImportJob.State.CHECKED
        order = list(columns_of(job))
        urls, numbers = {} if is_open else urls_of(page), numbers_of(job)
        shown = [
            ShownRow(row, labels, order, is_open=is_open, url=urls.get((row.model, row.object_id), ""), number=numbers.get(row.number))
            for row in page
        ]
        return {
            "tabs": [("", _("All"), job.row_count), *((key, label, job.counts[key]) for key, label in FATES.items())],
            "fate": fate,
            "page": page,
            "rows": shown,
            "rows_are_gone": bool(paginator.count and not shown),
            "elided_page_range": paginator.get_elided_page_range(page.number),
            "something_to_do": job.created_count + job.changed_count,
            "left_out": job.refused_count + job.asked_count,
            "has_downloads": bool(job.refused_count) or self.has_undecided(),
        }

    def has_undecided(self):
        return self.job.rows.filter(fate__in=[Fate.ASKED, Fate.SKIPPED]).exclude(answer__contains=SKIP).exists()
