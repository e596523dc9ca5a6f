"""People, real-name levels, posts, sign-in, tokens, and the record of who looked at whose data."""
