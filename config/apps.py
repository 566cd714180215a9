from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """An app only for its commands: what wires all rooms together."""

    name = "config"
