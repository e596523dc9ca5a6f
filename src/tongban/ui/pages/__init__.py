"""Pages every edge shares: the theme's style sheet and the reading preferences."""
