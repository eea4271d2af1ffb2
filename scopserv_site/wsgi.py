"""What a web server runs: scopserv_site.wsgi:application."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopserv_site.settings")
application = get_wsgi_application()
# What is loaded stays: looking through it again, as the collector does now and then, would hold up a page by 0.1 s.
gc.collect()
gc.freeze()
