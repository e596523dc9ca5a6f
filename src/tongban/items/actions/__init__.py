"""What people do to the catalog."""
