"""Groups and their options; people, members, roles and invitations."""
