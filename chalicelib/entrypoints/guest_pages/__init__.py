"""The pages of the guests: `routes.py` answers their links, and `templates/` holds what they show."""
