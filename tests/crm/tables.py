"""Files as people upload them, made for the tests of crm.services.tables."""

import zipfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import translation

from crm.services.tables import Options, open_table

_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@contextmanager
def on_disk(content):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        yield path


class Read:
    """A file read from beginning to end, with an English screen."""

    def __init__(self, content, **options):
        with on_disk(content) as path, translation.override("en"):
            table = open_table(path, options=Options(**options))
            self.options, self.sheets, self.notes, self.headings = table.options, table.sheets, table.notes, table.headings
            self.estimate = table.row_estimate
            self.numbered = list(table.rows())
        self.rows = [cells for _number, cells in self.numbered]
        self.dicts = [dict(zip(self.headings, cells, strict=True)) for cells in self.rows]


def zip_of(entries, *, compression=zipfile.ZIP_DEFLATED):
    output = BytesIO()
    with zipfile.ZipFile(output, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (2017, 8, 15, 0, 0, 0)), content, compression)
    return output.getvalue()


def raw_xlsx(rows, *, before="", compression=zipfile.ZIP_DEFLATED, **more):
    """A workbook whose sheet is the given XML, for what no program would write."""
    relation = f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATIONS}/%s" Target="%s"/></Relationships>'
    return zip_of(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": relation % ("officeDocument", "xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels": relation % ("worksheet", "worksheets/sheet1.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
            '<sheets><sheet name="Blad1" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            **more,
        },
        compression=compression,
    )


def cell(reference, text):
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods(rows, *, before="", compression=zipfile.ZIP_DEFLATED, manifest=""):
    """A LibreOffice spreadsheet whose table is the given XML."""
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    table = f'<table:table table:name="Blad1">{rows}</table:table>'
    return zip_of(
        {
            "mimetype": _ODS,
            "content.xml": f"{before}<office:document-content {spaces}><office:body><office:spreadsheet>{table}"
            "</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>{manifest}</manifest:manifest>',
        },
        compression=compression,
    )


def ods_row(*texts):
    cells = "".join(f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts)
    return f"<table:table-row>{cells}</table:table-row>"


def card(*lines, version="3.0"):
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])
