from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "sen_dashboard.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Have every sign-in begin a session, as Django tells it."""
        from sen_dashboard.accounts.kept import signed_in  # models are known only now

        user_logged_in.connect(signed_in, dispatch_uid="begin a session")
