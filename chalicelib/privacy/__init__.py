"""What guests may ask of what is known of them: that it is erased."""
