"""A property management system in Mews's shape on loopback: invented guests, a season, and the truth about both."""
