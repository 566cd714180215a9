"""What somebody has written in their own words, as one of the register's: an area, a sector, a level, a number, a time of year."""

import datetime
import re

from crm.text import fold
from crm.training import Area, Level, Sector

# Beginnings of folded words; of several that fit, the longest counts.
AREAS = {
    Area.DIGITAL: "digital excel office data dator kalkyl molntjanst it",
    Area.MARKETING: "marknad social media webb ehandel",
    Area.LANGUAGES: "sprak svenska engelska norska danska tyska interkultur kulturmote language",
    Area.LEADERSHIP: "ledar ledning arbetsled chef organisation projektled leader",
    Area.QUALITY: "kvalitet miljo hallbar csr ansvar iso quality",
    Area.FINANCE: "ekonomi bokfor administra lon redovis finance",
    Area.INDUSTRY: "cnc svets teknik industri automation ritning maskin plc underhall",
    Area.BUILDING: "bygg energi el vvs anlagg",
    Area.TRANSPORT: "transport logistik truck lager forar ykb",
    Area.HOSPITALITY: "restaurang kok mat maltid hotell servering vardskap livsmedel bemot",
    Area.SALES: "handel forsalj butik salj sales",
    Area.CARE: "vard omsorg halsa demens undersko",
    Area.TEACHING: "pedagog undervis vagled larar handled validering",
}
SECTORS = {
    Sector.HOSPITALITY: "hotell restaurang besok turis kafe camping hospitality",
    Sector.RETAIL: "handel detaljhandel butik retail",
    Sector.INDUSTRY: "industri tillverk verkstad plast manufact",
    Sector.CONSTRUCTION: "bygg anlagg maleri construction",
    Sector.TRANSPORT: "transport akeri logistik lager",
    Sector.FARMING: "jordbruk lantbruk skog gron tradgard",
    Sector.CARE: "vard omsorg halso tandvard",
    Sector.SERVICES: "tjanst it konsult data redovis service",
    Sector.PUBLIC: "offentlig kommun region stat myndighet",
}
SHORT = 3  # letters, up to which a word has to be the whole word
SEASONS = {
    "var": (1, 6),
    "vt": (1, 6),
    "spring": (1, 6),
    "host": (7, 12),
    "ht": (7, 12),
    "autumn": (7, 12),
    "sommar": (6, 8),
    "summer": (6, 8),
}


def guessed(text, stems):
    """Return the choice whose stem begins a word of the text, or None; the longest stem, then the first word, decides."""
    best = None
    for place, word in enumerate(re.findall(r"[a-z0-9]+", fold(text))):
        for choice, words in stems.items():
            for stem in words.split():
                fits = word == stem if len(stem) <= SHORT else word.startswith(stem)
                if fits and (best is None or (len(stem), -place) > best[0]):
                    best = (len(stem), -place), choice
    return best and best[1]


def guess_area(text):
    return guessed(text, AREAS)


def guess_sector(text):
    return guessed(text, SECTORS)


def guess_level(text):
    """Return the level of "SeQF 4", "nivå 4 eller 5" (the lower one) or "4"; None for what names none."""
    found = re.findall(r"(?<!\d)([1-8])(?!\d)", str(text))
    return Level(int(found[0])) if found else None


def guess_number(text):
    """Return the number of people of "5", "ca 5 st" or "5–10" (the lower one); None for what names none."""
    found = re.findall(r"\d{1,6}", str(text).replace("\u00a0", ""))
    return int(found[0]) if found else None


def guess_period(text):
    """Return (first day, last day) of "hösten 2018", "ht18" or "2018"; (None, None) for what names no year."""
    folded = fold(text)
    year = re.search(r"(?<!\d)(20\d\d)(?!\d)", folded) or re.search(r"\b(?:vt|ht) ?-?(\d\d)\b", folded)
    if not year:
        return None, None
    number = int(year[1]) if len(year[1]) == 4 else 2000 + int(year[1])
    months = next((months for word, months in SEASONS.items() if re.search(rf"\b{word}", folded)), (1, 12))
    return datetime.date(number, months[0], 1), datetime.date(number, months[1], 30 if months[1] == 6 else 31)
