"""The API's reference for people, at /docs: pages made of the OpenAPI document, which anybody may read."""
