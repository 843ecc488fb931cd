"""What looks at all guests at once: how good their records are, and who of them may be one person."""
