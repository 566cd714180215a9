"""Who can log in to the demo association. `manage.py demo` makes these users; `make run` and the README name them."""

from typing import NamedTuple

PASSWORD = "knutpunkt-demo"


class DemoUser(NamedTuple):
    username: str
    name: str  # first and last
    role: str
    role_sv: str
    group: str | None  # one of cms.groups; None is an administrator
    password: str = PASSWORD


DEMO_USERS = [
    DemoUser("admin", "Maria Hedin", "administrator", "administratör", None),
    DemoUser("personal", "Birgit Ek", "staff, keeps the register", "kansliet, sköter registret", "Kansliet"),
    DemoUser(
        "styrelse",
        "Annika Fridsjö",
        "board, reads the register and the board's papers",
        "styrelsen, läser registret och styrelsens handlingar",
        "Styrelsen",
    ),
    DemoUser("redaktor", "Oskar Lind", "editor, writes the site", "redaktör, skriver på webbplatsen", "Redaktörer"),
    DemoUser("utskick", "Lena Wall", "sends the newsletter", "skickar nyhetsbrevet", "Nyhetsbrev"),
]
