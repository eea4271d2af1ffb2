from django.apps import AppConfig


class DialplanConfig(AppConfig):
    name = "dialplan"
    verbose_name = "Phone system"

    def ready(self) -> None:
        from dialplan import receivers  # noqa: F401  (connects itself to the signals of tenants)
