"""Settings of the console under the browser: the test run's own database, and the addons of this folder beside the bundled ones."""

import os
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from addons.discovery.discover import addon_apps
from tests.browser import ADDONS, DATABASE, PATHS
from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE, TENANT_APPS

ADDON_DIRS = (Path(os.environ.get(ADDONS) or Path(__file__).parent / "addons"),)
TENANT_APPS = list(dict.fromkeys([*TENANT_APPS, *addon_apps("tenant", ADDON_DIRS)]))
INSTALLED_APPS = list(dict.fromkeys([*INSTALLED_APPS, *TENANT_APPS]))
TENANT_PATHS = PATHS in os.environ
DATABASES["default"]["NAME"] = os.environ[DATABASE]
MIDDLEWARE = ["tests.browser.settings.forget_content_types", *MIDDLEWARE]


def forget_content_types(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The database is put back between tests, and with it the ids that Django remembers."""

    def answer(request: HttpRequest) -> HttpResponse:
        from django.contrib.contenttypes.models import ContentType

        ContentType.objects.clear_cache()
        return get_response(request)

    return answer
