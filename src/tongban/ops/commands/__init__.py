"""One module a command: ``arguments(parser)`` declares its options, ``run(args)`` does it and returns the exit code."""
