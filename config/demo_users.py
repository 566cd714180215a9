"""Who can log in to the demo association. `manage.py demo` makes these users; `make run` and the README name them."""

from typing import NamedTuple

PASSWORD = "knutpunkt-demo"


class DemoUser(NamedTuple):
    username: str
    role: str
    role_sv: str
    group: str | None  # one of cms.groups; None is an administrator
    password: str = PASSWORD


DEMO_USERS = [
    DemoUser("admin", "administrator", "administratör", None),
    DemoUser("personal", "staff, keeps the register", "kansliet, sköter registret", "Kansliet"),
    DemoUser("redaktor", "editor, writes the site", "redaktör, skriver på webbplatsen", "Redaktörer"),
    DemoUser("utskick", "sends the newsletter", "skickar nyhetsbrevet", "Nyhetsbrev"),
]
