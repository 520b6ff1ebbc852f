"""The command line: xl-flexextra and its commands."""
