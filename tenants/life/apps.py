from django.apps import AppConfig


class LifeConfig(AppConfig):
    name = "tenants.life"

    def ready(self) -> None:
        from tenants.life import endings  # noqa: F401  (connects itself to the signals of tenants)
