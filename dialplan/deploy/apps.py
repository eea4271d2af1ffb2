from django.apps import AppConfig


class DeployConfig(AppConfig):
    name = "dialplan.deploy"
    label = "deploy"
    verbose_name = "Deployment"
