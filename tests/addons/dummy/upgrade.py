def upgrade(record, from_version):
    """Version 1.x called the name a label."""
    record["name"] = f"{record.pop('label')} (from {from_version})"
    return record


def upgrade_extra(section, values, from_version):
    """Version 1.x called listed phones shown."""
    return {("listed" if name == "shown" else name): value for name, value in values.items()}
