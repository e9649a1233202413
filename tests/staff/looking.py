"""Looking at staff pages in a browser: what is in somebody's way on them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def troubles(page: Page, areas: Sequence[str], width: int, inside: str) -> dict[str, list[object]]:
    """Return what axe-core finds on each page, and how far ``inside`` reaches past ``width``."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    found: dict[str, list[object]] = {}
    for area in areas:
        page.goto(f"/staff/{area}")
        page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
        page.evaluate(AXE.read_text())
        sides = (
            f"[...document.querySelectorAll('{inside} *')].map(part => part.getBoundingClientRect().right)"
        )
        right = page.evaluate(f"Math.max(...{sides})")
        obstacles = page.evaluate("axe.run().then(run => run.violations.map(v => [v.id, v.nodes[0].html]))")
        found[area] = [*obstacles, *([f"reaches {right}"] if right > width else [])]
    return {area: problems for area, problems in found.items() if problems}
