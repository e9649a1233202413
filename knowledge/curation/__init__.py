"""Curation: what staff change, decide and look into, from a passage on a page to a new version.

``edits`` makes and undoes edits, ``conflicts`` decides those that met a changed source, and
``findings`` what the checks at upload noticed.
"""
