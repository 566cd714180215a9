"""Browser tests drive the system's own Chromium; nothing is downloaded.

Without one they are skipped and say so; with CI=true a missing browser fails.
"""

import os
import shutil
import threading
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client

# Playwright keeps an event loop in this thread, which makes Django suspect every query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # needs rights that containers do not give; these tests visit nobody but ourselves
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("no Chromium on this machine (Debian: apt install chromium)")
    return {**browser_type_launch_args, "executable_path": executable, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "sv-SE", "timezone_id": settings.TIME_ZONE}


@pytest.fixture
def quiet_server(live_server):
    """Wait, after the browser is gone, for the requests that it has left behind: they would meet an emptied database."""
    running = set()
    quiet = threading.Condition()

    def begin(**kwargs):
        running.add(threading.get_ident())

    def end(**kwargs):
        with quiet:
            running.discard(threading.get_ident())
            quiet.notify()

    request_started.connect(begin)
    request_finished.connect(end)
    yield
    with quiet:
        quiet.wait_for(lambda: not running, timeout=5)
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def new_context(quiet_server, new_context):
    return new_context


@pytest.fixture
def complaints():
    """What the browser complained about. A test fails when something is left here; one that provokes a complaint takes it out."""
    found = []
    yield found
    assert not found, "The browser complained:\n" + "\n".join(found)


@pytest.fixture
def watched(complaints):
    """Return a function that has a page write to the complaints: errors of scripts, and requests that leave this machine."""

    def watch(page):
        page.on("console", lambda message: message.type == "error" and complaints.append(f"{message.text} ({page.url})"))
        page.on("pageerror", lambda error: complaints.append(f"{error} ({page.url})"))
        page.on("request", lambda request: is_foreign(request.url) and complaints.append(f"request to {request.url}"))
        page.set_default_timeout(15_000)
        return page

    return watch


def is_foreign(url):
    address = urlsplit(url)
    return address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("localhost", "127.0.0.1")


@pytest.fixture
def page(page, watched, live_server):
    return watched(page)


@pytest.fixture
def phone_page(new_context, watched, live_server):
    return watched(new_context(**PHONE).new_page())


@pytest.fixture
def log_in(live_server):
    """Return a function that logs a user in without going through the form."""

    def log_in(page, user):
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return log_in
