import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How a file is read. What is None is guessed, or has no meaning for this format."""

    format: str | None = None  # "csv", "vcard", "xlsx", "xlsb", "xls", "ods"
    encoding: str | None = None  # one of ENCODINGS
    delimiter: str | None = None
    quote: str | None = None  # '"', "'" or "" for none
    sheet: str | None = None
    header_row: int | None = None  # as spreadsheet programs number; 0: the file has no headings

    def to_json(self):
        return {key: value for key, value in dataclasses.asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, data):
        """Read what `to_json` of this or another version wrote; what it doesn't understand is guessed again."""
        data = data if isinstance(data, dict) else {}
        known = {field.name: data.get(field.name) for field in dataclasses.fields(cls)}
        header_row = known.pop("header_row")
        texts = {name: value for name, value in known.items() if isinstance(value, str)}
        if isinstance(header_row, bool) or not isinstance(header_row, int) or header_row < 0:
            header_row = None
        return cls(**texts, header_row=header_row)
