"""What each role may do: pure answers to permissions such as "dialplan.view_phone" and "paging.change_record"."""

from collections.abc import Iterable
from dataclasses import dataclass

ACTIONS = ("view", "add", "change", "delete")
ADMINISTRATOR, EDITOR, VIEWER = "administrator", "editor", "viewer"
PEOPLE = frozenset({"tenants", "staff"})  # apps whose records say who may do what: administrators' alone, whatever a role grants
SEEN_BY = {"view": ("change", "delete")}  # who may do these sees the record, too


def permission(app: str, action: str, model: str) -> str:
    """The name of a permission, as Django has it."""
    return f"{app}.{action}_{model}"


def split(name: str) -> tuple[str, str, str] | None:
    """App, action and model of a permission's name; None for what is none."""
    app, dot, rest = name.partition(".")
    action, line, model = rest.partition("_")
    return (app, action, model) if dot and line and app and model and action in ACTIONS else None


def grantable(names: Iterable[str]) -> frozenset[str]:
    """The permissions among some names that a role can grant."""
    return frozenset(name for name in names if (parts := split(name)) and parts[0] not in PEOPLE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is at one tenant: a built-in role, or one of the tenant's own with what it grants."""

    role: str
    granted: frozenset[str] = frozenset()

    def allows(self, name: str) -> bool:
        """Whether it lets people do this."""
        if self.role == ADMINISTRATOR:
            return True
        parts = split(name)
        if parts is None or parts[0] in PEOPLE:
            return False
        app, action, model = parts
        if self.role in (EDITOR, VIEWER):
            return self.role == EDITOR or action == "view"
        return any(permission(app, each, model) in self.granted for each in (action, *SEEN_BY.get(action, ())))

    def enters(self, app: str) -> bool:
        """Whether it lets people see anything of an app."""
        if self.role == ADMINISTRATOR:
            return True
        return app not in PEOPLE and (self.role in (EDITOR, VIEWER) or any(name.startswith(f"{app}.") for name in self.granted))
