"""Small jobs that the clock runs again and again (settings.PERIODIC_TASKS); longer work belongs to the background worker."""

from django.core.management import call_command


def publish_scheduled():
    """Publish and withdraw the pages whose time has come."""
    call_command("publish_scheduled")
