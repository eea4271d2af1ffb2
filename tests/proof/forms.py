"""The console's forms, filled in as a browser does: what a page shows goes back with it."""

from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse


def address(page: str, *arguments: Any) -> str:
    """Where a page of a tenant's console is, such as dialplan_phone_add."""
    return reverse(f"tenant:{page}", settings.ROOT_URLCONF, arguments)


def fill(browser: Client, where: str, **values: Any) -> dict[str, Any]:
    """What a form posts when these fields of it are filled in."""
    form = browser.get(where).context["adminform"].form
    shown = {field.html_name: field.value() for field in form}
    return {name: value for name, value in {**shown, **values}.items() if value not in (None, False, [])}


def post(browser: Client, where: str, filled: dict[str, Any]) -> None:
    """Press Save; an error when the form is shown again."""
    answer = browser.post(where, filled)
    if answer.status_code != 302:
        raise AssertionError(answer.context["adminform"].form.errors)


def save(browser: Client, page: str, *arguments: Any, **values: Any) -> None:
    """Open a form, fill fields in, save."""
    where = address(page, *arguments)
    post(browser, where, fill(browser, where, **values))


def delete(browser: Client, page: str, key: int) -> None:
    """Confirm that a record is to be deleted."""
    answer = browser.post(address(page, key), {"post": "yes"})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
