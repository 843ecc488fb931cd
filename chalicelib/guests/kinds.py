"""In which words a record says what can be used of it."""

from typing import Literal

EmailKind = Literal["own", "relay", "shared", "unusable"]
Nobody = Literal["anonymised", "no_person", "erased"]
"""Why a profile is nobody's: its source took the person out of it, or says that it is none; or the person was erased
here, whatever the source says later."""
Unprofiled = Literal["restricted", "objected"]
"""Why nothing is computed of how a guest behaves: the use of their data is restricted, or they object to profiling."""
Unusable = Literal["email", "phone", "member_number", "birth_date"]
"""Fields that can say nothing as they were filled in."""
