from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "sen_dashboard.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Begin a session at every sign-in, by Django's signal."""
        from sen_dashboard.accounts.kept import signed_in  # models are loaded only by now

        user_logged_in.connect(signed_in, dispatch_uid="begin a session")
