"""Who did what when from where: one record of it for the whole site, which no console changes."""
