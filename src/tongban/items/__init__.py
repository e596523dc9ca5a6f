"""The catalog: list entries, base items, implementations by version, forms, materials, guides and search."""
