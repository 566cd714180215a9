#!/usr/bin/env python3
"""Makes the demo association's year 2017/2018: its companies, and what was done with them, as spreadsheets for the importers.

    .venv/bin/python scripts/demo_year.py

Writes demo/register/foretag.csv and verksamhetsaret.csv, the same each time. Companies are invented. Who takes part are people
and organisations of the other spreadsheets there; some of the year's activities stand in aktiviteter.csv, which is kept by hand.
"""

import csv
import datetime
import random
from pathlib import Path

REGISTER = Path(__file__).resolve().parents[1] / "demo" / "register"
PROJECT = "Bron"
VISITS = 449  # one more stands in aktiviteter.csv
HEADINGS = [
    *("Nyckel", "Datum", "Tid", "Minuter", "Typ", "Räckvidd", "Riktning", "Konferens", "Rubrik", "Vad som sades", "Plats"),
    *("Nätverk", "Projekt", "Antal", "E-post", "Organisation", "Hur"),
]


def addresses(text):
    return text.split()


# Competence brokers: address, where they work, the municipalities they visit companies in, and how often they do.
BROKERS = [
    ("jonas.ekebrand@boras.example", "Vuxenutbildningen Borås", ["Borås", "Svenljunga", "Tranemo"], 9),
    ("mirela.begic@uddevalla.example", "Vuxenutbildningen Uddevalla", ["Uddevalla", "Lysekil"], 8),
    ("gorel.hedvall@trollhattan.example", "Lärcentrum Trollhättan", ["Trollhättan"], 6),
    ("marie.svard@vanersborg.example", "Komvux Vänersborg", ["Vänersborg", "Mellerud"], 8),
    ("mehmet.yildiz@skovde.example", "Vuxenutbildning Skövde", ["Skövde", "Hjo"], 6),
    ("anna.brandin@halmstad.example", "Komvux Halmstad", ["Halmstad", "Laholm"], 5),
    ("niklas.almeby@varberg.example", "Lärcentrum Varberg", ["Varberg"], 8),
    ("filippa.aberg@falkoping.example", "Lärcentrum Falköping", ["Falköping", "Tidaholm"], 5),
    ("hans-ake.karlen@skara.example", "Lärcentrum Skara", ["Skara", "Vara"], 8),
    ("claes.palmgren@mariestad.example", "Lärcentrum Mariestad", ["Mariestad"], 4),
    ("linus.gustavsson@alingsas.example", "Alingsås lärcentrum", ["Alingsås", "Vårgårda"], 3),
    ("roger.forsmark@molndal.example", "Komvux Mölndal", ["Mölndal"], 3),
    ("per.lofdahl@kungalv.example", "Komvux Kungälv", ["Kungälv", "Stenungsund"], 3),
    ("ola.johnsson@mark.example", "Vuxenutbildningen i Mark", ["Mark"], 3),
    ("katarina.dahlbom@falkenberg.example", "Lärcentrum Falkenberg", ["Falkenberg"], 4),
    ("rebecka.ysander@gotene.example", "Vuxenutbildningen Götene", ["Götene"], 3),
    ("paivi.lehtosaari@tibro.example", "Tibro lärcentrum", ["Tibro"], 2),
    ("christer.hallberg@stromstad.example", "Lärcentrum Strömstad", ["Strömstad"], 3),
    ("lotta.uhlin@tanum.example", "Lärcentrum Tanum", ["Tanum"], 2),
    ("bjorn.bolin@lerum.example", "Lärcentrum Lerum", ["Lerum"], 2),
    ("erik.persson@dalsalven.example", "Kunskapsförbundet Dalsälven", ["Bengtsfors", "Åmål"], 3),
    ("malin.sjostedt@lidkoping.example", "Lärcentrum Lidköping", ["Lidköping"], 6),
]
BEGAN_LATER = {"malin.sjostedt@lidkoping.example": datetime.date(2018, 1, 8)}

# Kinds of companies: what they are called, and what they need.
TRADES = [
    (["Mekaniska", "Plåt", "Svets", "Precision", "Verktyg"], ["svetsare", "CNC-operatörer", "ritningsläsning", "underhållstekniker"]),
    (["Hotell", "Vandrarhem", "Krog", "Café", "Camping"], ["kockar", "värdskap", "språk i receptionen", "allergener och egenkontroll"]),
    (["Handel", "Järnhandel", "Blommor", "Konfektion"], ["näthandel", "kundbemötande", "sociala medier"]),
    (["Bygg", "Måleri", "El", "Rör"], ["arbetsledare", "heta arbeten", "ny teknik för värmepumpar"]),
    (["Åkeri", "Lager", "Bilservice"], ["yrkesförare", "lagersystem", "elbilar på verkstaden"]),
    (["Omsorg", "Tandvård", "Städservice"], ["undersköterskor", "yrkessvenska", "schemaläggning"]),
]
PLACES = ["Ekbacken", "Kvarnån", "Solåsen", "Björkliden", "Norrgärdet", "Ljungheden", "Hamnplan", "Västanvik", "Stenudden", "Rönnäs"]
FORMS = ["AB", "AB", "AB", "HB", "i Väst AB"]

NETWORKS = {
    "Nätverk besöksnäring": (
        ["Lärcentrum Varberg", "Komvux Halmstad", "Lärcentrum Strömstad", "Komvux Lysekil", "Lärcentrum Falkenberg"],
        ["Värdskap på flera språk", "Sommarens bemanning", "Mat från trakten", "Sociala medier för små hotell", "Säsong som räcker längre"],
    ),
    "Nätverk industriteknik": (
        ["Borås yrkescentrum", "Lärcentrum Trollhättan", "Vuxenutbildning Skövde", "Lärcentrum Ulricehamn", "Lärcentrum Mariestad"],
        [
            "Svetsprov och certifikat",
            "Robotar i små serier",
            "Validering på arbetsplatsen",
            "Ritningar utan papper",
            "Kvalitet i hela kedjan",
        ],
    ),
}
BOARD = [
    "annika.fridsjo@lidkoping.example",
    "peter.hallmyr@uddevalla.example",
    "eva-lena.brokvist@skovde.example",
    "samir.haddad@boras.example",
    "kristina.akesson-oberg@varberg.example",
    "tomas.lilliesand@dalsalven.example",
    "ingela.torstorp@falkoping.example",
]
BOARD_MEETINGS = [  # numbers 4 and 8 stand in aktiviteter.csv
    (1, "2017-08-30", "Höstens datum fastställdes. Kansliet växer med en halv tjänst i oktober."),
    (2, "2017-09-27", "Årskonferensen planerades. Valberedningen rapporterade."),
    (3, "2017-10-25", "Bokslut och verksamhetsplan gick igenom före årsmötet."),
    (5, "2018-02-07", "Lägesrapport från projekten. Avgifterna lämnas oförändrade."),
    (6, "2018-03-28", "Partnerkonferensen summerades."),
    (7, "2018-05-09", "Verksamhetsplanen för 2018/2019 diskuterades."),
]
AT_THE_ANNUAL_CONFERENCE = addresses(
    """
    annika.fridsjo@lidkoping.example sofia.granlid@lidkoping.example hanna.strandell@lidkoping.example
    samir.haddad@boras.example jonas.ekebrand@boras.example robert.angehult@boras.example madeleine.bergqvist@boras.example
    emma.hultgren@boras.example karin.cederlof@boras.example peter.hallmyr@uddevalla.example mirela.begic@uddevalla.example
    anders.malmros@uddevalla.example zeynep.aydin@trollhattan.example gorel.hedvall@trollhattan.example
    leyla.rostami@trollhattan.example kerstin.skoglund@vanersborg.example marie.svard@vanersborg.example
    eva-lena.brokvist@skovde.example mehmet.yildiz@skovde.example susanne.nordin@halmstad.example
    anna.brandin@halmstad.example kristina.akesson-oberg@varberg.example niklas.almeby@varberg.example
    ingela.torstorp@falkoping.example filippa.aberg@falkoping.example mikael.nordstrom@skara.example
    hans-ake.karlen@skara.example claes.palmgren@mariestad.example magnus.rydeberg@alingsas.example
    johanna.kjellberg@alingsas.example roger.forsmark@molndal.example per.lofdahl@kungalv.example
    hakan.wikander@ulricehamn.example veronica.ortendahl@ulricehamn.example ola.johnsson@mark.example
    ivana.kovacic@falkenberg.example christer.hallberg@stromstad.example bjorn.bolin@lerum.example
    tomas.lilliesand@dalsalven.example helena.sandmark@larnatetvast.example
    """
)
STAYED_AWAY = ["kent.krantz@vara.example", "lotta.uhlin@tanum.example", "petra.lagerstedt@amal.example"]
AT_THE_PARTNER_CONFERENCE = addresses(
    """
    oyvind.haugland@vestfjord-kompetanse.example ingrid.solbakken@vestfjord-kompetanse.example
    elin.berg-lindstrom@varberg.example kristina.akesson-oberg@varberg.example niklas.almeby@varberg.example
    jonas.ekebrand@boras.example mirela.begic@uddevalla.example malin.sjostedt@lidkoping.example
    jenny.ekdahl@vanersborg.example jorgen.blixt@skara.example helena.sandmark@larnatetvast.example
    yusuf.demirel@larnatetvast.example
    """
)
# Who is shadowed is named as an organisation. (One regional job shadowing stands in aktiviteter.csv.)
REGIONAL_SHADOWINGS = [
    ("2017-10-12", "Lärcentrum Skara", "jonas.ekebrand@boras.example madeleine.bergqvist@boras.example robert.angehult@boras.example "
     "niklas.almeby@varberg.example", "Följde två besök och skrev var sin anteckning att jämföra."),
    ("2018-02-13", "Lärcentrum Varberg", "jorgen.blixt@skara.example hans-ake.karlen@skara.example marie.svard@vanersborg.example",
     "Hur besöksnäringen får veta vad som finns att lära."),
    ("2018-04-10", "Vuxenutbildningen Borås", "jenny.ekdahl@vanersborg.example elin.berg-lindstrom@varberg.example "
     "therese.akerlund@varberg.example", "En dag med vägledarna på yrkescentrum."),
]  # fmt: skip
TRANSNATIONAL_SHADOWINGS = [
    ("2017-09-20", "outgoing", "Vestfjord Kompetansesenter", "Lärcentrum Varberg", "elin.berg-lindstrom@varberg.example"),
    ("2017-10-24", "outgoing", "Limfjordens Voksenuddannelse", "Vuxenutbildningen Uddevalla", "mirela.begic@uddevalla.example"),
    ("2017-11-21", "outgoing", "Sundby Erhvervsskole", "Vuxenutbildningen Borås", "jonas.ekebrand@boras.example"),
    ("2017-12-05", "incoming", "Lärcentrum Varberg", "Limfjordens Voksenuddannelse", ""),
    ("2018-02-20", "outgoing", "Limfjordens Voksenuddannelse", "Lärcentrum Skara", "jorgen.blixt@skara.example"),
    ("2018-03-06", "outgoing", "Vestfjord Kompetansesenter", "Komvux Vänersborg", "jenny.ekdahl@vanersborg.example"),
    (
        "2018-04-17",
        "incoming",
        "Vuxenutbildningen Uddevalla",
        "Vestfjord Kompetansesenter",
        "ingrid.solbakken@vestfjord-kompetanse.example",
    ),
    ("2018-05-15", "outgoing", "Vestfjord Kompetansesenter", "Lärcentrum Lidköping", "malin.sjostedt@lidkoping.example"),
]
DIRECTIONS = {"outgoing": "Utgående", "incoming": "Inkommande"}


def main():
    dice = random.Random(2017)
    companies = make_companies(dice)
    write("foretag.csv", ["Organisation", "Typ", "Kommun", "Land", "E-post", "Organisationsnummer"], [one["row"] for one in companies])
    rows = [*visits(dice, companies), *network_meetings(dice), *board_meetings(), *conferences(), *job_shadowings()]
    rows.sort(key=lambda row: (row["Datum"], row["Nyckel"]))
    write("verksamhetsaret.csv", HEADINGS, [[row.get(heading, "") for heading in HEADINGS] for row in rows])


def write(name, headings, rows):
    with (REGISTER / name).open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output, delimiter=";", lineterminator="\n")
        writer.writerows([headings, *rows])


# Companies


def make_companies(dice):
    companies, names = [], set()
    for _address, _centre, municipalities, often in BROKERS:
        for number in range(often * 2 - (often > 5) * 3):
            first_words, needs = TRADES[dice.randrange(len(TRADES))]
            while (name := f"{dice.choice(PLACES)}s {dice.choice(first_words)} {dice.choice(FORMS)}".replace("ss ", "s ")) in names:
                pass
            names.add(name)
            municipality = municipalities[number % len(municipalities)]
            row = [name, "Företag", municipality, "Sverige", f"info@{domain(name)}.example", organisation_number(len(companies))]
            companies.append({"row": row, "name": name, "municipality": municipality, "needs": needs})
    return companies


def domain(name):
    plain = name.lower().translate(str.maketrans("åäöé", "aaoe"))
    return "".join(one if one.isalnum() else "-" for one in plain)


def organisation_number(number):
    """A number of a company that does not exist, with the check digit that belongs to it."""
    digits = f"559998{number:03}"
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(digits))
    return f"{digits[:6]}-{digits[6:]}{-total % 10}"


# What was done


def activity(key, day, kind, subject, **values):
    return {"Nyckel": key, "Datum": str(day), "Typ": kind, "Rubrik": subject, **values}


def who(row, participants):
    """A row for each participant (address, organisation, how)."""
    for address, organisation, how in participants:
        yield {**row, "E-post": address, "Organisation": organisation, "Hur": how}


def visits(dice, companies):
    days = [day for day in working_days(datetime.date(2017, 7, 3), datetime.date(2018, 6, 13))]
    weighted = [broker for broker in BROKERS for _time in range(broker[3])]
    for number in range(1, VISITS + 1):
        address, centre, municipalities, _often = dice.choice(weighted)
        began = BEGAN_LATER.get(address, days[0])
        day = dice.choice([one for one in days if one >= began])
        company = dice.choice([one for one in companies if one["municipality"] in municipalities])
        need = dice.choice(company["needs"])
        row = activity(
            f"besok-2017-{number:03}",
            day,
            "Besök",
            f"Besök: behov av {need}" if dice.random() < 0.7 else f"Uppföljning: {need}",
            Tid=f"{dice.randrange(8, 16):02}:{dice.choice(['00', '30'])}",
            Minuter=dice.choice([45, 60, 60, 90]),
            Projekt=PROJECT,
            Plats=company["municipality"],
        )
        yield from who(row, [("", company["name"], "Deltog"), (address, centre, "Deltog")])


def working_days(first, last):
    day = first
    while day <= last:
        is_holiday = (2017, 7, 8) < (day.year, day.month, day.day) < (2017, 8, 7) or (day.month, day.day) in {(12, 25), (12, 26), (1, 1)}
        if day.weekday() < 5 and not is_holiday:
            yield day
        day += datetime.timedelta(days=1)


def network_meetings(dice):
    first = datetime.date(2017, 9, 5)
    for number in range(19):  # one more stands in aktiviteter.csv
        network = list(NETWORKS)[number % 2]
        hosts, subjects = NETWORKS[network]
        day = first + datetime.timedelta(days=14 * number + (21 if number > 7 else 0))
        host, subject = hosts[number // 2 % len(hosts)], subjects[number // 2 % len(subjects)]
        row = activity(
            f"natverk-2017-{number + 1:02}",
            day,
            "Möte",
            subject if number < 10 else f"{subject}, fortsättning",
            Tid="13:00",
            Minuter=150,
            Plats=host,
            Nätverk=network,
            Projekt=PROJECT,
            Antal=[20, 50][number] if number < 2 else dice.randrange(20, 51),
        )
        yield from who(row, [("", host, "Deltog"), ("", hosts[(number // 2 + 1) % len(hosts)], "Deltog")])


def board_meetings():
    for number, day, text in BOARD_MEETINGS:
        values = {"Tid": "13:00", "Minuter": 150, "Plats": "Lärnätet Väst", "Vad som sades": text}
        row = activity(f"styrelse-2017-{number}", day, "Styrelsemöte", f"Styrelsemöte {number}", **values)
        yield from who(row, [(address, "Lärnätet Väst", "Deltog") for address in BOARD])


def conferences():
    annual = activity(
        "arskonferens-2017",
        "2017-11-09",
        "Konferens",
        "Årskonferens 2017",
        Konferens="Årskonferens",
        Tid="09:30",
        Minuter=390,
        Plats="Vuxenutbildningen Borås",
    )
    yield from who(annual, [(address, "", "Deltog") for address in AT_THE_ANNUAL_CONFERENCE])
    yield from who(annual, [(address, "", "Uteblev") for address in STAYED_AWAY])
    partner = activity(
        "partnerkonferens-2018",
        "2018-03-14",
        "Konferens",
        "Transnationell partnerkonferens",
        Konferens="Partnerkonferens",
        Tid="10:00",
        Minuter=900,
        Plats="Lärcentrum Varberg",
        Projekt=PROJECT,
        Antal=60,
    )
    yield from who(partner, [(address, "", "Deltog") for address in AT_THE_PARTNER_CONFERENCE])


def job_shadowings():
    common = {"Minuter": 420, "Projekt": PROJECT}
    for number, (day, host, addresses, text) in enumerate(REGIONAL_SHADOWINGS, 1):
        values = {"Räckvidd": "Regional", "Plats": host, "Vad som sades": text, **common}
        row = activity(f"skuggning-2017-r{number}", day, "Jobbskuggning", f"Jobbskuggning hos {host}", **values)
        yield from who(row, [("", host, "Deltog"), *[(address, "", "Deltog") for address in addresses.split()]])
    for number, (day, direction, host, guest, address) in enumerate(TRANSNATIONAL_SHADOWINGS, 1):
        values = {"Räckvidd": "Transnationell", "Riktning": DIRECTIONS[direction], "Plats": host, **common}
        row = activity(f"skuggning-2017-t{number}", day, "Jobbskuggning", f"Jobbskuggning hos {host}", **values)
        yield from who(row, [("", host, "Deltog"), (address, guest, "Deltog")])


if __name__ == "__main__":
    main()
