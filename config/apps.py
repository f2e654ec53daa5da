from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "config"
    default_auto_field = "django.db.models.BigAutoField"
