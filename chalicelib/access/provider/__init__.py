"""Signing in by the group's own provider of identities (OpenID Connect)."""
