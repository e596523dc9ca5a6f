"""Talking to other nodes about what they publish."""
