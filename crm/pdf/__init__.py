"""Makes PDFs: a Typst template of templates/pdf gets data, never markup, and becomes a tagged document that is read aloud well.

    make_pdf("fees.typ", {"fees": [...]}, title="Avi 1001")

The template reads the data with `#import "house.typ": *` and `#let data = read-data()`. Words for people come in the data, since
translations are Python's.
"""

import json
import logging
from decimal import Decimal
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils.translation import get_language

FONTS = Path(__file__).parent / "fonts"
# Tagged, with a title and a language: PDF/UA-1. Typst refuses to write what would not be.
STANDARD = "ua-1"

logger = logging.getLogger(__name__)


def make_pdf(template, data, *, title):
    """Return the bytes of a PDF. `data` is made of what JSON has, and of decimals and days as text."""
    inputs = {"data": json.dumps({"title": str(title), "language": get_language() or "sv", **data}, default=str, ensure_ascii=False)}
    try:
        return _write(template, inputs, pdf_standards=STANDARD)
    except typst.TypstError as problem:
        # A name in letters that no font has, for example. The document is tagged all the same, it only promises nothing.
        logger.warning("%s is not PDF/UA: %s", template, problem.message)
        return _write(template, inputs)


def _write(template, inputs, **options):
    return _compiler().compile(_folder() / template, format="pdf", sys_inputs=inputs, **options)


@cache
def _compiler():
    """One for the process: it has read the fonts. Of the machine's own it takes none, so that a document is the same everywhere."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
    return typst.Compiler(root=str(_folder()), font_paths=fonts)


def _folder():
    return settings.BASE_DIR / "templates" / "pdf"


def money(amount):
    """An amount as it stands on paper: 25 000,00."""
    whole, cents = f"{Decimal(amount):.2f}".split(".")
    groups = f"{int(whole):,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{groups},{cents}"
