"""Pages for windows and reviewers."""
