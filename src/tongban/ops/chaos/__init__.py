"""Breaking things on purpose: real processes, real databases, a seeded plan of faults, and an audit at the end."""
