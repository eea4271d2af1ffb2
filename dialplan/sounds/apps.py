from django.apps import AppConfig


class SoundsConfig(AppConfig):
    name = "dialplan.sounds"
    label = "sounds"
    verbose_name = "Sounds"
