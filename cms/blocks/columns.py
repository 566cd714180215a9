from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StructBlock

from cms.blocks.text import TextBlock


class ColumnBlock(StructBlock):
    heading = CharBlock(label=_("heading"), max_length=100)
    text = TextBlock(label=_("text"))

    class Meta:
        icon = "pilcrow"
        label = _("Column")
        template = "blocks/column.html"


class ColumnsBlock(StructBlock):
    columns = ListBlock(ColumnBlock(), label=_("columns"), min_num=1, max_num=3)

    class Meta:
        icon = "table"
        label = _("Columns")
        description = _("One to three short texts side by side, for example one for each kind of visitor.")
        template = "blocks/columns.html"
        preview_value = {
            "columns": [
                {"heading": "För dig som är medlem", "text": "<p>Du får kollegor i hela regionen och en plats i nätverken.</p>"},
                {"heading": "För dig som driver företag", "text": "<p>En kompetensmäklare kommer gärna på besök.</p>"},
            ]
        }
