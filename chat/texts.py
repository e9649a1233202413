"""Texts: from what customers and models send to what PostgreSQL can store."""


def storable(text: str) -> str:
    """Return a text without NUL and halves of surrogate pairs, which PostgreSQL cannot store."""
    return text.replace("\x00", "").encode(errors="ignore").decode()
