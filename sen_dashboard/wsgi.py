"""The application that a web server runs. `manage.py run` serves it with waitress."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sen_dashboard.settings")

application = get_wsgi_application()
