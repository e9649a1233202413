"""Parsing: from a file to a ``ParsedDocument``; ``sandbox.ParserSandbox`` is the way in."""
