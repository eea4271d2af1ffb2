from scopserv_site.management.commands.migrate_schemas import Command as Command
