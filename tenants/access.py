"""Who may do what where: roles at a tenant, operators everywhere; looked up anew on each request."""

from collections.abc import Callable
from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from tenants.models import Membership
from tenants.schema import current_slug
from tenants.staff.permissions import Standing, grantable

HOME = "home"  # the session's key for the console it was opened at


def standing_at(user: Any, slug: str) -> Standing | None:
    """What the user is at a tenant; operators are administrators everywhere, and nobody else is anything at the main console ("").

    Nor at a tenant that is suspended. It is read once for each request, and kept with the user that the request has.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    if user.is_operator:
        return Standing(Membership.Role.ADMINISTRATOR)
    if not slug:
        return None
    known = getattr(user, "_standings", None)  # not __dict__, as the request's user is wrapped
    if known is None:
        known = user._standings = {}
    if slug not in known:
        here = Membership.objects.filter(user=user, tenant__schema_name=slug, tenant__suspended=None)
        found = here.values_list("role", "custom_role__permissions").first()
        known[slug] = Standing(found[0], grantable(found[1] or ())) if found else None
    return known[slug]


def stand_as(user: Any, slug: str, standing: Standing) -> None:
    """Makes an operator no more than this, for as long as the request is answered; the user must not be saved meanwhile."""
    user.is_superuser = False
    user._standings = {slug: standing}


def role_at(user: Any, slug: str) -> str | None:
    """The user's role at a tenant; None for those who have none."""
    standing = standing_at(user, slug)
    return standing.role if standing else None


def may(user: Any, permission: str) -> bool:
    """Whether somebody may do this at the open tenant: the one answer, for pages, files, programs, menus and counts alike."""
    standing = standing_at(user, current_slug())
    return standing is not None and standing.allows(permission)


def is_administrator(user: Any) -> bool:
    """Whether somebody may do everything at the open tenant, people and roles included."""
    return role_at(user, current_slug()) == Membership.Role.ADMINISTRATOR


class MembershipBackend(AxesStandaloneBackend, ModelBackend):
    """Logs people in by name and password, and derives their permissions from their role at the open tenant."""

    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any) -> Any:
        """None for who has no role here, so that it reads, and counts, as a wrong password. Raises PermissionDenied while locked out.

        `invited` asks for no role: it is what an invitation gives.
        """
        AxesStandaloneBackend.authenticate(self, request, username, password, **kwargs)
        user = ModelBackend.authenticate(self, request, username, password, **kwargs)
        return user if kwargs.get("invited") or role_at(user, current_slug()) is not None else None

    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        return may(user_obj, perm)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        standing = standing_at(user_obj, current_slug())
        return standing is not None and standing.enters(app_label)


class MembershipMiddleware:
    """Logs out whoever holds no role at the console they ask for, or brings a session that was opened at another one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            slug = current_slug()
            if request.session.get(HOME, slug) != slug or role_at(request.user, slug) is None:
                logout(request)
        return self.get_response(request)


@receiver(user_logged_in)
def remember_home(request: HttpRequest, **kwargs: Any) -> None:
    request.session[HOME] = current_slug()
