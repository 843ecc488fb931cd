"""What could not be processed: listed, opened, sent back to its queue, and put away."""
