def upgrade(record, from_version):
    """Version 1.x called the name a label."""
    record["name"] = f"{record.pop('label')} (from {from_version})"
    return record
