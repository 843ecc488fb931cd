"""The REST API: `routes.py` lists every call, and one module per resource answers them."""
