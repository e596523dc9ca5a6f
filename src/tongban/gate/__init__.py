"""The entrance for other nodes."""
