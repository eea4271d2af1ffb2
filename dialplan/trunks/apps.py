from django.apps import AppConfig


class TrunksConfig(AppConfig):
    name = "dialplan.trunks"
    label = "trunks"
    verbose_name = "Trunks"
