from typing import Any

from django.core.management.base import CommandError
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand
from django_tenants.utils import get_public_schema_name

from scopserv_site import migrating
from tenants.schema import all_slugs
from tenants.words import counted

# With one of these it is not about bringing all up to date, and django-tenants walks through every schema.
OTHER_WORK = ("app_label", "migration_name", "fake", "fake_initial", "plan", "prune", "run_syncdb", "executor")


class Command(MigrateSchemasCommand):
    help = "Brings the public schema and those of tenants up to date; asks first which of them lack a migration, and touches no other."

    def handle(self, *args: Any, **options: Any) -> None:
        if any(options.get(name) for name in OTHER_WORK):
            super().handle(*args, **options)
            return
        public, named = get_public_schema_name(), options.get("schema_name")
        both = not (options.get("shared") or options.get("tenant") or named)
        shared = both or bool(options.get("shared")) or named == public
        has_tables = not shared or bool(migrating.with_a_record([public]))
        everyone = all_slugs() if has_tables and (both or options.get("tenant") or named) else []
        if named and named not in (public, *everyone):
            raise CommandError(f"There is no tenant {named!r}; 'manage.py list_tenants' shows those that exist.")
        tenants = [slug for slug in everyone if named in (None, slug)]
        asked = [public, *tenants] if shared else tenants
        if options.get("check_unapplied"):
            self._check(asked)
            return
        self._migrate(asked, shared, tenants, options)

    def _check(self, asked: list[str]) -> None:
        if behind := migrating.lacking(asked):
            raise CommandError(f"{len(behind)} of {len(asked)} schemas lack migrations: {', '.join(behind)}")
        self.stdout.write(f"{_schemas(asked)} up to date.")

    def _migrate(self, asked: list[str], shared: bool, tenants: list[str], options: dict[str, Any]) -> None:
        brought: list[str] = []
        failures: dict[str, str] = {}
        for step in migrating.migrate(shared=shared, tenants=tenants, verbosity=options["verbosity"]):
            if step.failure:
                failures[step.schema] = step.failure
            else:
                brought.append(step.schema)
        done = [schema for schema in brought if schema not in failures]
        if options["verbosity"]:
            self.stdout.write(f"Brought up to date: {', '.join(done)}" if done else "No migrations to apply.")
            self.stdout.write(f"{_schemas([schema for schema in asked if schema not in failures])} up to date.")
        if failures:
            told = "\n".join(f"  {schema}: {failure}" for schema, failure in failures.items())
            raise CommandError(f"{_schemas(list(failures))} not up to date, as a migration failed; mend it and run this again:\n{told}")


def _schemas(names: list[str]) -> str:
    return counted(len(names), "schema is", "schemas are")
