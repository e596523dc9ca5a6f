"""What the citizen's pages work out for themselves, without database or network."""
