"""SIE type 4I: vouchers for the accounting programs of Sweden to import (SIE file format, edition 4B, sie.se).

The format is forty years old and says so: the code page of the PC (CP437), a record a line, quoted text, no tabs.
"""

import unicodedata

_PROGRAM = "Knutpunkt"
_LINE_END = "\r\n"
# What CP437 lacks and people in the north write.
_INSTEAD = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{NO-BREAK SPACE}": " ",
        "ø": "ö",
        "Ø": "Ö",
    }
)


def sie_file(vouchers, *, company, organisation_number="", accounts, series="", day):
    """Return the bytes of a file with vouchers. Without a series the program that reads it numbers them in one of its own."""
    lines = ["#FLAGGA 0", f"#PROGRAM {_quoted(_PROGRAM)} {_quoted('1')}", "#FORMAT PC8", f"#GEN {day:%Y%m%d}", "#SIETYP 4"]
    if organisation_number:
        lines.append(f"#ORGNR {_quoted(organisation_number)}")
    lines.append(f"#FNAMN {_quoted(company)}")
    used = dict.fromkeys(account for voucher in vouchers for account, _amount in voucher.lines)
    lines += [f"#KONTO {account} {_quoted(accounts.get(account, account))}" for account in sorted(used)]
    for voucher in vouchers:
        lines += [f'#VER {_quoted(series)} "" {voucher.day:%Y%m%d} {_quoted(voucher.text)}', "{"]
        lines += [f"#TRANS {account} {{}} {amount:.2f}" for account, amount in voucher.lines]
        lines.append("}")
    return (_LINE_END.join(lines) + _LINE_END).encode("cp437")


def _quoted(text):
    written = "".join(_in_cp437(character) for character in str(text).translate(_INSTEAD))
    return '"' + written.replace('"', '\\"') + '"'


def _in_cp437(character):
    """The character, or its letter without the accent; what has neither becomes a question mark, and what steers a blank."""
    if character < " " or character == "\x7f":
        return " "
    for one in (character, unicodedata.normalize("NFKD", character)[0]):
        try:
            one.encode("cp437")
        except UnicodeEncodeError:
            continue
        return one
    return "?"
