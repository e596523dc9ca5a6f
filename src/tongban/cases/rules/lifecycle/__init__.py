"""What is possible when. One typed table per subject, one reader for all three.

The tables draw the buttons, guard the server, fill the API's ``possible_steps`` and generate ``docs/lifecycle.md``.
"""
