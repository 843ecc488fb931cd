"""Mews: thin webhooks with a secret in the URL; https://docs.mews.com/connector-api."""
