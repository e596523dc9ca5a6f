"""Search over everyday wording: reading text (``text``), the index and its ranking (``index``). Pure."""
