"""Pages of an addon that are there only for tenants that may use it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse

from tenants.life.limits import limits_of
from tenants.schema import current_slug


def where_allowed(base: type[ModelAdmin], addon: str) -> type[ModelAdmin]:
    """The admin class of an addon, whose pages do not exist at tenants that may not use it."""

    class AllowedAdmin(base):  # type: ignore[misc,valid-type]
        def get_urls(self) -> list[Any]:
            urls = super().get_urls()
            for url in urls:
                url.callback = self._only_allowed(url.callback)
            return urls

        def _only_allowed(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            @wraps(view)
            def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
                # Who is not logged in learns nothing by it.
                if self.admin_site.has_permission(request) and not limits_of(current_slug()).allows(addon):
                    raise Http404
                return view(request, *args, **kwargs)

            return guarded

    AllowedAdmin.__name__ = base.__name__
    return AllowedAdmin
