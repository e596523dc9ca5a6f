"""What guidance decides without a database or a network. Pure."""
