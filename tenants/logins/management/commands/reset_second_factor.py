"""manage.py reset_second_factor USER: for who lost the telephone and the recovery codes, operators themselves included."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.audit.trail import note
from tenants.logins.second_factor import reset
from tenants.models import User


class Command(BaseCommand):
    help = "Takes away a person's second factor and ends their sessions; they set up another one at the next login, where one is required."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the user name")

    def handle(self, *args: object, user: str, **options: object) -> None:
        person = User.objects.filter(username=user).first()
        if person is None:
            raise CommandError(f"There is no user {user!r}.")
        if not reset(person):
            raise CommandError(f"{user} has no second factor.")
        note("reset", kind="second factor", actor="manage.py", key=user, slug="")
        self.stdout.write(f"{user} logs in without a second factor now.")
