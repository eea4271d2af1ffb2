from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "tenants.visits"

    def ready(self) -> None:
        from tenants.visits import looking  # noqa: F401  (its receiver)
