"""The edge for departments' systems: one documented HTTP interface, version 1, described at /api/v1/openapi.json."""
