"""The people of a tenant: their logins, which are the same at all tenants, and their roles there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from scopserv_site.sitefile.faults import Path, unknown
from scopserv_site.sitefile.shape import Part, SiteFile, TenantPart
from scopserv_site.sitefile.work import Work, problems
from tenants.models import CustomRole, Membership, Tenant, User

BUILT_IN = tuple(role.value for role in Membership.Role if role != Membership.Role.CUSTOM)


@dataclass(slots=True)
class People:
    """The logins that a file names, and what it says of each person."""

    users: dict[str, User]
    said: dict[tuple[str, str], tuple[Any, Path]] = field(default_factory=dict)  # by person and field, with where it is said first

    @classmethod
    def read(cls, file: SiteFile) -> "People":
        names = {person.key for part in file.tenants for person in part.staff or ()}
        return cls({user.username: user for user in User.objects.filter(username__in=names)} if names else {})


def put_staff(work: Work, people: People, tenant: Tenant, part: TenantPart) -> None:
    """Brings the tenant's staff to what the file says; with --prune, those that are not named lose their role there."""
    if part.staff is None:
        return
    members = {membership.user.username: membership for membership in tenant.memberships.select_related("user", "custom_role")}
    roles = {role.name: role for role in tenant.roles.all()}
    for person in part.staff:
        changes: list[str] = []
        user = _put_user(work, people, person, changes)
        if user is None:
            continue
        given = _role(work, roles, person)
        if given is None:
            continue
        membership = members.get(person.key)
        added = membership is None
        membership = membership or Membership(user=user, tenant=tenant)
        if "role" in person.values and given != (membership.role, membership.custom_role):
            changes.append(f"role {_named(membership)} -> {person.values['role']}")
            membership.role, membership.custom_role = given
        elif not added:
            if changes:
                work.plan.change(person.path, ", ".join(changes))
            continue
        membership.save()
        (work.plan.add if added else work.plan.change)(person.path, _named(membership) if added else ", ".join(changes))
    if work.prune:
        kept = {person.key for person in part.staff}
        for name in sorted(members.keys() - kept):
            members[name].delete()
            work.plan.remove((*part.path, "staff", name))


def _role(work: Work, roles: Mapping[str, CustomRole], person: Part) -> tuple[str, CustomRole | None] | None:
    """A built-in role, or one of the tenant's own by its name; None when it is neither."""
    name = person.values.get("role")
    if name is not None and name in roles:
        return Membership.Role.CUSTOM, roles[name]
    if name is not None and name not in BUILT_IN:
        work.faults.add((*person.path, "role"), f"{name!r} {unknown(name, [*BUILT_IN, *roles])}")
        return None
    return name or Membership.Role.EDITOR, None


def _named(membership: Membership) -> str:
    return membership.custom_role.name if membership.custom_role else str(membership.role)


def _put_user(work: Work, people: People, person: Part, changes: list[str]) -> User | None:
    """The person's login, made or changed; None when that cannot be. A password counts for a new one only."""
    user = people.users.get(person.key) or User(username=person.key)
    new = user.pk is None
    if not _agrees(work, people, person):
        return None
    full, email = " ".join(user.get_full_name().split()), person.values.get("email")
    name = person.values.get("name")
    if name is not None and " ".join(name.split()) != full:
        user.first_name, _, user.last_name = " ".join(name.split()).partition(" ")
        changes.append(f"name {full!r} -> {name!r}")
    if email is not None and User.objects.normalize_email(email) != user.email:
        changes.append(f"email {user.email!r} -> {email!r}")
        user.email = email
    if not new and not changes:
        return user
    if new:
        user.set_password(person.values.get("password") or None)
    found = list(problems(user))
    for column, message in found:
        field_name = "name" if column in ("first_name", "last_name") else column
        work.faults.add(person.path if column in ("", "username") else (*person.path, field_name), message)
    if found:
        return None
    user.save()
    people.users[person.key] = user
    if new:
        _remark_password(work, person, user)
    return user


def _remark_password(work: Work, person: Part, user: User) -> None:
    if not user.has_usable_password():
        work.remarks.append(f"{person.key} has no password yet, and cannot log in before 'manage.py changepassword {person.key}'.")
        return
    try:
        validate_password(person.values["password"], user)
    except ValidationError as error:
        work.remarks.append(f"The first password of {person.key} is weak: {' '.join(error.messages)}")


def _agrees(work: Work, people: People, person: Part) -> bool:
    """Whether the file says the same of a person wherever it names them."""
    agrees = True
    for name in ("name", "email"):
        value = person.values.get(name)
        if value is not None:
            first, path = people.said.setdefault((person.key, name), (value, person.path))
            if first != value:
                work.faults.add((*person.path, name), f"is {first!r} at tenant {path[1]}; a person has one login everywhere")
                agrees = False
    return agrees
