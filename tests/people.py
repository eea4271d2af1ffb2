"""People who log in, for tests."""

from django.test import Client

from tenants.models import Membership, Tenant, User


def operator(name: str = "olga") -> User:
    return User.objects.create_superuser(name, f"{name}@example.net", "pass-for-tests")


def staff(tenant: Tenant, role: str = Membership.Role.ADMINISTRATOR, name: str = "alice") -> User:
    user = User.objects.create_user(name, f"{name}@example.net", "pass-for-tests")
    Membership.objects.create(user=user, tenant=tenant, role=role)
    return user


def browser(host: str, user: User | None = None) -> Client:
    """A browser at this host, logged in there if a user is given."""
    client = Client(HTTP_HOST=host)
    if user is not None:
        answer = client.post("/login/", {"username": user.username, "password": "pass-for-tests"})
        assert answer.status_code == 302, answer.content.decode()[:500]
    return client
