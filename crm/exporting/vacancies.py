"""The board of vacancies as a file: a row for each member and what it should have somebody for."""

from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Chunk, Exportable, Field, Group
from crm.models import Organisation
from crm.services.vacancies import vacancy_board


class VacancyChunk(Chunk):
    @cached_property
    def board(self):
        return vacancy_board(self.day, organisations=self.load(Organisation.objects.select_related("municipality")))


class VacancyExport(Exportable):
    """Not one of the kinds of the whole register's export: it holds nothing that those of contacts don't."""

    kind = "vacancies"
    title = _("Vacancies")
    model = Organisation
    rows_note = _("A member has a row for each role, licence and seat that it should have.")
    chunk_class = VacancyChunk
    groups = (
        Group(
            _("Vacancies"),
            [
                Field("member", _("Member"), lambda cell: cell.member.name),
                Field("subregion", _("Sub-region"), lambda cell: cell.member.municipality.subregion if cell.member.municipality else ""),
                Field("role", _("Role, licence or network"), lambda cell: str(cell.post)),
                Field("is_vacant", _("Vacant"), lambda cell: cell.is_vacant),
                Field("holders", _("Held by"), lambda cell: ", ".join(dict.fromkeys(holder.name for holder in cell.holders))),
                Field("units", _("Where"), lambda cell: ", ".join(dict.fromkeys(holder.unit for holder in cell.holders if holder.unit))),
            ],
        ),
    )

    def rows(self, chunk):
        return [VacancyRow(cell) for row in chunk.board.rows for cell in row.cells]


class VacancyRow:
    """A cell of the board, with the number that tells the rows of a member apart from those of the next."""

    __slots__ = ("holders", "is_vacant", "member", "number", "post")

    def __init__(self, cell):
        self.member, self.post, self.holders, self.is_vacant = cell.member, cell.post, cell.holders, cell.is_vacant
        self.number = cell.member.pk
