"""Answering: from a question to a stream of checked, cited text."""
