"""The only code that knows Chalice. An entry point takes the event apart, calls one action, and returns."""
