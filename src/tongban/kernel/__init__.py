"""Words everyone shares: identifiers, people, time, events and problems. Plain Python; no Django, no network."""
