"""Reliable signed delivery between nodes. Knows nothing of cases."""
