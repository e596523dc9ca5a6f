"""The desk: windows that take papers in, reviewers that decide. One module per task."""
