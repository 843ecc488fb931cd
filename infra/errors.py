"""What a command refuses to do, said in one line."""


class Refused(ValueError):
    """What was asked for makes no sense, or is not there; the message says what to do. Nothing was changed."""
