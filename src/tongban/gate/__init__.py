"""The door for other nodes: a few machine addresses, each signed for, each bounded."""
