"""The rows of all addons: their models, who names whom, and one query for many tenants."""
