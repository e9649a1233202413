"""MCP: search and answers as tools of the Model Context Protocol, for assistants of other makers.

The protocol's library is an optional extra; only ``tools``, ``http`` and ``terminal`` import it.
"""

from importlib.util import find_spec

WANTED = "mcp~=2.3"  # as the extra in pyproject.toml says
NOT_INSTALLED = f"The MCP server needs the extra “mcp”: install it with `python -m pip install '{WANTED}'`."


def is_installed() -> bool:
    """Say whether the protocol's library is here, without loading it."""
    return find_spec("mcp") is not None
