"""Presses: from a source in `sources/` to the bytes of a document; one press for each kind of file."""
