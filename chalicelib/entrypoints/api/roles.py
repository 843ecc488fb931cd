"""Who may make a call of the API: sets of roles, by what they are about."""

ADMIN = frozenset({"admin"})
EVERYONE = frozenset({"admin", "marketer", "front_desk", "analyst", "integration"})
MARKETERS = frozenset({"admin", "marketer"})
MARKETING_READ = frozenset({"admin", "marketer", "analyst"})
ANALYSTS = frozenset({"admin", "analyst"})
FRONT_DESK = frozenset({"admin", "front_desk"})
SENDERS = frozenset({"admin", "integration"})
