"""Reads whatever somebody uploads as a table: CSV of any kind, workbooks, vCards, pasted cells.

`open_table` looks at the content, never at the file's name; what it had to guess stands in `Table.options`, and every guess can be
overruled by giving those options back changed.
"""

from .encodings import ENCODINGS
from .options import Options
from .pasted import table_from_text
from .table import Table, open_table

__all__ = ["ENCODINGS", "Options", "Table", "open_table", "table_from_text"]
