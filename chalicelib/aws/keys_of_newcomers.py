"""The key shapes of those who sign up for newsletters, and of guests who give their address on their own phone."""

from collections.abc import Callable

from chalicelib.aws.keys import Key, alone
from chalicelib.canonical.ids import CaptureId, SignupId

signup: Callable[[SignupId], Key] = alone("SIGNUP")
"""What somebody asked for, until they confirm it."""
signup_mail: Callable[[SignupId], Key] = alone("SIGNUP", "MAIL")
"""The claim of the mail that asks them to confirm it, and its outcome; it is kept for 30 days."""
capture: Callable[[CaptureId], Key] = alone("CAPTURE")
"""A code that a guest is shown at the desk, and what became of it."""
