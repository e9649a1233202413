"""Errors of knowledge: what went wrong with a document, and whether trying again can help."""

from zipfile import BadZipFile

# What Python raises where the directory of an archive does not make sense.
DAMAGED_ZIP = (BadZipFile, ValueError, OSError, NotImplementedError)


class KnowledgeError(Exception):
    """Anything that keeps us from knowing what a document says."""


class PermanentError(KnowledgeError):
    """Trying again will not help; the text is a sentence fit for staff."""


class TransientError(KnowledgeError):
    """The surroundings failed, not the document; the same work may succeed later."""
