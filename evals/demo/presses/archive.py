"""Archives: from an Office file to the same file without the traces of when it was made.

Members are stored, not deflated, because zlib builds differ in the bytes they give.
"""

import re
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

EPOCH = (2026, 2, 16, 9, 0, 0)
STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def repack(archive: bytes) -> bytes:
    """Return ``archive`` with one fixed date on every member and in its properties."""
    packed = BytesIO()
    with ZipFile(BytesIO(archive)) as original, ZipFile(packed, "w", ZIP_STORED) as copy:
        for name in original.namelist():
            content = original.read(name)
            if name == "docProps/core.xml":
                content = STAMPS.sub(rb"\g<1>2026-02-16T09:00:00Z", content)
            member = ZipInfo(name, EPOCH)
            member.create_system = 3  # Unix, wherever it is built
            copy.writestr(member, content)
    return packed.getvalue()
