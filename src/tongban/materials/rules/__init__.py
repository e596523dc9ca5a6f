"""Pure rules about files."""
