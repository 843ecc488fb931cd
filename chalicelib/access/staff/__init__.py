"""The people who work with the hub: who they are, what each may do, and who invited or ended them."""
