from django.apps import AppConfig


class LoginsConfig(AppConfig):
    name = "tenants.logins"

    def ready(self) -> None:
        from tenants.logins import sessions  # noqa: F401  (its receivers)
