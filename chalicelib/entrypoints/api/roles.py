"""The roles that a key may have; routes.py says what each may do."""

from typing import Literal, get_args

Role = Literal["admin", "marketer", "front_desk", "analyst", "integration"]
ROLES: tuple[Role, ...] = get_args(Role)
