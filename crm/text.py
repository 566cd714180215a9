"""Text as people search for it and as Swedish sorts it."""

import re
import unicodedata
from functools import lru_cache

# Letters that decompose into nothing, and that people type without.
_LIGATURES = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})
# The same, with the letters that most Swedish names have: what they leave as ASCII needs no decomposing.
_COMMON = _LIGATURES | str.maketrans("åäöéüèáóí", "aaoeueaoi")
# å, ä and ö come after z. Letters only: collations of a database skip punctuation.
_SORT_AFTER_Z = str.maketrans({"å": "zza", "ä": "zzb", "æ": "zzb", "ö": "zzc", "ø": "zzc"})
_PHONE_WORD = re.compile(r"^[+(]?\d[\d()/.\-\u2010-\u2015]*$")


def fold(text):
    """Return text in lower case, without accents, white space collapsed: "Åsa  Öberg" → "asa oberg"."""
    text = str(text).casefold().translate(_COMMON)
    if text.isascii():
        return " ".join(text.split())
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def swedish_sort_key(*parts):
    """Return a key that sorts like a Swedish telephone directory on any database: å, ä, ö last, é as e."""
    return "0".join(_sort_part(str(part)) for part in parts)


def name_words(name):
    """Return the words by which two names are the same, whatever the case, accents and marks: "Öst-Nät 1" → ["zzcst", "nzzbt", "1"]."""
    return re.findall("[a-z0-9]+", fold(_keep_ring_and_dots(name)))


@lru_cache(maxsize=20_000)  # an import meets the same names again and again
def _sort_part(part):
    return "0".join(name_words(part))


def _keep_ring_and_dots(text):
    return unicodedata.normalize("NFC", str(text)).casefold().translate(_SORT_AFTER_Z)


def search_words(query):
    """Split what somebody typed into folded words; what looks like one phone number becomes its digits.

    "070-123 45 67" → ["0701234567"], "+46 70 123 45 67" → ["46701234567"], "Öberg åsa" → ["oberg", "asa"].
    """
    words, digits = [], ""
    for word in str(query).replace("(0)", "").replace("\x00", " ").split():
        if _PHONE_WORD.match(word) and (digits or len(re.sub(r"\D", "", word)) > 1 or word.startswith("+")):
            digits += re.sub(r"\D", "", word)
            continue
        if digits:
            words.append(digits)
            digits = ""
        words += re.split(r"[-,;\u2010-\u2015]+", fold(word))
    if digits:
        words.append(digits)
    return [word.removeprefix("00") if word.isdigit() else word for word in words if word]
