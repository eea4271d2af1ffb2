from django.apps import AppConfig


class ServerAddonsConfig(AppConfig):
    name = "addons.server"
    label = "server"
    verbose_name = "Server-wide addons"
