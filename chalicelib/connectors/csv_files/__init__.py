"""Lists of guests and of stays as systems export them: CSV in any of the usual forms, told apart and turned into
snapshots."""
