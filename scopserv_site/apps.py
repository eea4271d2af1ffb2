from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "scopserv_site"
    verbose_name = "Console"

    def ready(self) -> None:
        from scopserv_site.sites import register_all  # here, because every model must be known first

        register_all()
