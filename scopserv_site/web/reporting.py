"""What the report of an error may show: nothing whose name says that it is secret."""

import re
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

SECRET_NAMES = re.compile("api|auth|token|key|secret|pass|signature|cookie|pin|code|database|environment|session", re.IGNORECASE)


class ReporterFilter(SafeExceptionReporterFilter):
    """Masks settings, posted values and variables of frames by their names, whether or not a view asked for it."""

    hidden_settings = SECRET_NAMES

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        posted = super().get_post_parameters(request)
        return {name: self.cleanse_setting(name, value) for name, value in posted.items()}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        found = super().get_traceback_frame_variables(request, tb_frame)
        return [(name, self.cleanse_setting(name, value)) for name, value in found]
