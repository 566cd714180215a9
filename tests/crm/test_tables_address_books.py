"""What the address books of the trade export, as far as reading goes; which column means what is another matter."""

import pytest

from crm.services.tables import Options
from tests.crm.tables import Read

OUTLOOK_SWEDISH = (
    '"Titel","Förnamn","Mellannamn","Efternamn","Suffix","Företag","Avdelning","Befattning","Gatuadress (arbete)","Postort (arbete)",'
    '"Postnummer (arbete)","Land (arbete)","Fax (arbete)","Telefon (arbete)","Mobiltelefon","E-postadress","E-posttyp","Anteckningar"\r\n'
    '"","Åsa","","Öberg","","Lärcentrum, Öckerö","","Rektor","Storgatan 1\r\nvåning 2","Öckerö","475 30","Sverige","","031-12 34 56",'
    '"070-123 45 67","asa@kommun.example","SMTP","Ringer ""helst""\r\n"\r\n'
    '"","Bo","","Ek","","","","","","","","","","","","bo@kommun.example","SMTP",""\r\n'
).encode("cp1252")

OUTLOOK_ENGLISH = (
    "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,E-mail 3 Address,"
    "Home Phone,Business Phone,Mobile Phone,Company,Job Title,Business Street,Business City,Business Postal Code,Web Page,Notes\r\n"
    'Åsa,,Öberg,,,,,,asa@kommun.example,,,,+46 31 12 34 56,+46 70 123 45 67,"Lärcentrum, Öckerö",Rektor,Storgatan 1,Öckerö,475 30,,\r\n'
).encode("utf-8-sig")

GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Nickname,File As,Organization Name,Organization Title,Birthday,Notes,Photo,"
    "Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Formatted\n"
    "Åsa,,Öberg,,,,Lärcentrum,Rektor,,,https://photo.example/1,Kollegor ::: * myContacts,* Work,asa@kommun.example,Home,asa@hemma.example,"
    'Mobile,+46 70 123 45 67 ::: 031-12 34 56,"Storgatan 1\nÖckerö 475 30\nSE"\n'
    ",,,,,,,,,,,* myContacts,*,bo@kommun.example,,,,,\n"
).encode()

THUNDERBIRD = (
    "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,Home Phone,Fax Number,Pager Number,"
    "Mobile Number,Home Address,Job Title,Department,Organization,Web Page 1,Birth Year,Custom 1,Notes\r\n"
    "Åsa,Öberg,Åsa Öberg,,asa@kommun.example,,,031-12 34 56,,,,070-123 45 67,,Rektor,,Lärcentrum,,,,\r\n"
).encode()

CIVICRM = (
    '"Kontakt-ID","Kontakttyp","Förnamn","Efternamn","Gatuadress","Ort","Postnummer","Land","E-post","Telefon","Nuvarande arbetsgivare"\r\n'
    '"17","Individual","Åsa","Öberg","Storgatan 1","Öckerö","475 30","Sverige","asa@kommun.example",'
    '"070-123 45 67","Lärcentrum, Öckerö"\r\n'
).encode("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        (
            OUTLOOK_SWEDISH,
            "cp1252",
            {"Efternamn": "Öberg", "Gatuadress (arbete)": "Storgatan 1\nvåning 2", "Anteckningar": 'Ringer "helst"'},
        ),
        (OUTLOOK_ENGLISH, "utf-8", {"Last Name": "Öberg", "Company": "Lärcentrum, Öckerö", "Mobile Phone": "+46 70 123 45 67"}),
        (GOOGLE, "utf-8", {"E-mail 2 - Value": "asa@hemma.example", "Address 1 - Formatted": "Storgatan 1\nÖckerö 475 30\nSE"}),
        (THUNDERBIRD, "utf-8", {"Display Name": "Åsa Öberg", "Mobile Number": "070-123 45 67"}),
        (CIVICRM, "utf-8", {"Kontakt-ID": "17", "Nuvarande arbetsgivare": "Lärcentrum, Öckerö"}),
    ],
    ids=["Outlook, Swedish", "Outlook, English", "Google", "Thunderbird", "CiviCRM"],
)
def test_address_books_are_read_without_a_question(content, encoding, expected):
    table = Read(content)
    assert table.options == Options(format="csv", encoding=encoding, delimiter=",", quote='"', header_row=1)
    assert table.headings == [heading.strip('"') for heading in content.decode(encoding).lstrip("\ufeff").splitlines()[0].split(",")]
    assert expected.items() <= table.dicts[0].items()
    assert (table.notes, table.estimate) == ([], len(table.rows))


def test_rows_without_a_name_are_rows_all_the_same():
    assert [row["E-mail 1 - Value"] for row in Read(GOOGLE).dicts] == ["asa@kommun.example", "bo@kommun.example"]
