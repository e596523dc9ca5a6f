"""Pure rules about identity."""
