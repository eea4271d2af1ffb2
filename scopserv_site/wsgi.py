"""What a web server runs: scopserv_site.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopserv_site.settings")
application = get_wsgi_application()
