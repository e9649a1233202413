"""Questions: what people asked, out of retrieval sets, for the benches."""

import json
from pathlib import Path
from typing import Any

QUESTIONS = 40


def questions(folder: Path, count: int = QUESTIONS) -> list[str]:
    """Return questions that people asked, from all the sets below ``folder``, evenly drawn."""
    found = []
    for path in sorted(folder.glob("*/queries.jsonl")):
        rows = rows_of(path)
        found += [row["text"] for row in rows[:: max(len(rows) // 20, 1)]]
    return found[:: max(len(found) // count, 1)][:count]


def strangers(folder: Path, part: str) -> list[str]:
    """Return the questions out of scope of one part of CLINC150: ``oos_train`` or ``oos_val``."""
    return [row["text"] for row in rows_of(folder / "clinc150" / f"{part}.jsonl")]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
