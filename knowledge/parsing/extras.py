"""Extras: what of the optional libraries is installed, without loading any."""

from importlib.util import find_spec


def has_recognition() -> bool:
    """Whether text on pictures can be recognised (the extra ``ocr``)."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None
