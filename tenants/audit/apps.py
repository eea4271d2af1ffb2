from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tenants.audit"

    def ready(self) -> None:
        from tenants.audit import receivers  # noqa: F401  (connects itself)
