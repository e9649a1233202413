"""Questions: what people asked, out of retrieval sets, for the benches."""

import json
from pathlib import Path

QUESTIONS = 40


def questions(folder: Path, count: int = QUESTIONS) -> list[str]:
    """Return questions that people asked, from all the sets below ``folder``, evenly drawn."""
    found = []
    for path in sorted(folder.glob("*/queries.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [json.loads(line)["text"] for line in lines[:: max(len(lines) // 20, 1)]]
    return found[:: max(len(found) // count, 1)][:count]
