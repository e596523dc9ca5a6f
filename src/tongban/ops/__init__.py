"""For operators: commands, the embedded database, health."""
