"""A tenant's people: what each role may do, and invitations."""
