"""The heart: a change or a decision → what is known → regrouped → one transaction → facts."""
