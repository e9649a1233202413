"""Text recognition, where it is installed; where not, a picture is refused with a sentence."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from knowledge.parsing.base import ParsingError
from knowledge.parsing.extras import has_recognition
from knowledge.parsing.guards import identify
from knowledge.parsing.parse import parse
from knowledge.parsing.sandbox import ParserSandbox


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A picture of two lines of text."""
    picture = Image.new("RGB", (900, 300), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=42)
    draw.text((40, 40), "Descale the machine", fill="black", font=font)
    draw.text((40, 140), "every two months", fill="black", font=font)
    picture.save(tmp_path / "scan.png")
    return tmp_path / "scan.png"


@pytest.mark.skipif(not has_recognition(), reason="the extra ocr is not installed")
def test_the_text_on_a_picture_is_recognised_within_the_limits_of_the_sandbox(scan: Path) -> None:
    with ParserSandbox() as sandbox:
        parsed = sandbox.parse(scan, identify(scan, scan.name, 1_000_000))

    assert parsed.text.replace("\n\n", " ").replace("\n", " ") == "Descale the machine every two months"


@pytest.mark.skipif(has_recognition(), reason="the extra ocr is installed")
def test_without_the_extra_a_picture_is_refused_with_a_sentence(scan: Path) -> None:
    with pytest.raises(ParsingError, match="text recognition is not installed here"):
        parse(scan, identify(scan, scan.name, 1_000_000))
