"""PDF: from pages of placed characters to blocks with their pages.

``lines`` reads a page, ``running`` drops what repeats on every page, ``ruled`` and ``grids`` find
tables, ``hidden`` what nobody sees, ``layout`` tells headings from paragraphs, and ``parse_pdf`` is the front
door.
"""

from knowledge.parsing.pdf.document import parse_pdf

__all__ = ["parse_pdf"]
