"""Guards: tests that keep promises of the whole repository, rather than of one module."""
