"""What the front desk captures: an address and what its guest agrees to, in one step, there or on their own phone."""
