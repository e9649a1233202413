"""Bodies: from the pieces of a transfer to its bytes, never more of them than asked for.

Decompression is bounded while it happens: ten gigabytes packed into ten megabytes end
after the first bytes too many, not after they have filled the memory.
"""

import zlib
from collections.abc import Iterable, Iterator

from knowledge.crawling.pinning import Refused

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # zlib finds out which of the two it is
GZIP_SIGNATURE = b"\x1f\x8b"
PIECE = 1 << 16  # bytes unpacked at once


def gathered(pieces: Iterable[bytes], coding: str, most: int) -> bytes:
    """Return the unpacked body of a transfer with a content coding.

    Raises:
        Refused: It is longer than ``most`` bytes, damaged, or packed in a way we did not ask for.
    """
    match coding.strip().lower():
        case "" | "identity":
            return _joined(pieces, most)
        case "gzip" | "x-gzip":
            return _joined(_inflated(pieces), most)
        case other:
            raise Refused(f"The server packs the page as “{other[:40]}”, which we did not ask for.")


def unpacked(data: bytes, most: int) -> bytes:
    """Return ``data``, unpacked if it is a gzip file.

    Raises:
        Refused: It is longer than ``most`` bytes, or damaged.
    """
    return gathered([data], "gzip" if data.startswith(GZIP_SIGNATURE) else "", most)


def _joined(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise Refused(f"It is larger than {most / 1_000_000:g} MB, the most we take of a page.")
    return bytes(body)


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip as it comes in; members that follow each other are one body."""
    unpacker, is_whole = zlib.decompressobj(GZIP_OR_ZLIB), True
    for piece in pieces:
        left = piece
        while left:
            try:
                yield unpacker.decompress(left, PIECE)
            except zlib.error as error:
                raise Refused("Its compressed content is damaged.") from error
            left, is_whole = unpacker.unconsumed_tail, unpacker.eof
            if unpacker.eof:
                left, unpacker = unpacker.unused_data, zlib.decompressobj(GZIP_OR_ZLIB)
    yield unpacker.flush()
    if not is_whole:
        raise Refused("Its compressed content breaks off.")
