"""What is set for the whole deployment: by an admin, and, apart from it, by the tools that deploy."""
