from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "sen_dashboard.accounts"
    label = "accounts"
