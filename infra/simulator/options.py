"""What is asked on a command line, as the simulator and the demo read it."""

import argparse


def positive(text: str) -> int:
    """A whole number of at least 1. Raises ArgumentTypeError, which says so."""
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)
