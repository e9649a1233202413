"""Checking: what staff should look at in a new version, found before it goes live.

Nearly the same document, a sentence that another document contradicts, and what the parser
flagged become findings: a list to decide, never a block, unless the collection holds documents
back. A finding decided once is not raised again by a later version.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from knowledge.acts import record
from knowledge.comparing import (
    Contradiction,
    Statement,
    contradictions,
    likeness,
    shingles,
    statements,
)
from knowledge.facts import names_in
from knowledge.ingestion.claims import Claim
from knowledge.ingestion.neighbours import Neighbour, Said, changed_passages, neighbours
from knowledge.ingestion.versions import locked
from knowledge.models import Collection, Document, EmbeddingSet, Finding, FindingKind, FindingState, Version
from knowledge.overlays import Overlaid
from knowledge.parsing.base import BlockKind
from knowledge.parsing.flags import Flag, FlagKind
from knowledge.placements import forward

NEAR_DUPLICATE = 0.85  # share of runs of five words
CANDIDATE = 0.5  # share of passages that have a neighbour in the other document
MOST_CANDIDATES = 3
MOST_FINDINGS = 50  # of a version; staff who have decided these have more to do than read on
_AGAIN = ["state", "version", "start", "excerpt", "other_excerpt", "detail", "decided_by", "decided_at"]
_KINDS = {
    FlagKind.HIDDEN_TEXT: FindingKind.HIDDEN_TEXT,
    FlagKind.INVISIBLE_CHARACTERS: FindingKind.HIDDEN_TEXT,
    FlagKind.INSTRUCTIONS: FindingKind.INJECTION,
}


def check(claim: Claim, version: Version, overlaid: Overlaid, embedding_set: EmbeddingSet) -> None:
    """Write what is new to find about a version, and close what it mended.

    All comparing is done before the rows are locked to write.
    """
    passages = changed_passages(version)
    near = neighbours(version, embedding_set, passages)
    found = [
        *_flagged(version, overlaid),
        *_near_duplicates(version, overlaid.parsed.text, len(passages), near),
        *_contradicting(version, passages, near),
    ]
    new = _unknown(version.document, found[: 4 * MOST_FINDINGS])[:MOST_FINDINGS]
    mended = _mended(version.document, overlaid.parsed.text, {finding.key for finding in found})
    if new or mended:
        _write(claim, version, new, mended)


def _write(claim: Claim, version: Version, new: list[Finding], mended: list[int]) -> None:
    others = {finding.other_id for finding in new if finding.other_id}
    with transaction.atomic():
        # Two documents that find each other at once would wait for each other's rows: shelves first, by id.
        homes = Document.objects.filter(id__in=[version.document_id, *others]).values("collection_id")
        list(Collection.objects.filter(id__in=homes).select_for_update().order_by("id").values_list("id"))
        there = {None, *Document.objects.filter(id__in=others).values_list("id", flat=True)}
        kept = [finding for finding in new if finding.other_id in there]
        with locked(version.document_id) as (collection, document), claim.fenced():
            open_ones = Finding.objects.filter(id__in=mended, state=FindingState.OPEN)
            open_ones.update(state=FindingState.MENDED, decided_at=Now())
            holds = bool(kept) and collection.holds_findings and document.is_published
            for finding in kept:
                finding.detail["held_back"] = holds
            # What was mended once and is there again is open again.
            Finding.objects.bulk_create(
                kept, update_conflicts=True, unique_fields=["document", "key"], update_fields=_AGAIN
            )
            if holds:
                Document.objects.filter(id=document.pk).update(is_published=False)
                record("held back", document, None, findings=len(kept))


def _flagged(version: Version, overlaid: Overlaid) -> Iterator[Finding]:
    text = " ".join(overlaid.parsed.text.split())
    for flag in overlaid.parsed.warnings:
        kind = _KINDS[flag.kind]
        if kind == FindingKind.INJECTION and flag.excerpt.rstrip("…").strip() not in text:
            continue  # staff edited it away
        yield _finding(version, kind, flag.excerpt, start=_start(flag, overlaid), parts=[flag.excerpt])


def _start(flag: Flag, overlaid: Overlaid) -> int:
    return forward(overlaid.placements, flag.start)


def _near_duplicates(version: Version, text: str, count: int, near: Iterable[Neighbour]) -> Iterator[Finding]:
    """Yield the documents of which most passages have a twin here and most words are the same."""
    twins = Counter(document for document, _ in {(other.document_id, other.to) for other in near})
    likely = [document for document, n in twins.most_common(MOST_CANDIDATES) if n >= CANDIDATE * count]
    if not likely:
        return
    mine = shingles(text)
    for document in Document.objects.filter(id__in=likely).select_related("live_version"):
        theirs = document.live_version.text if document.live_version else ""
        share = likeness(mine, shingles(theirs))
        if share >= NEAR_DUPLICATE:
            finding = _finding(
                version,
                FindingKind.NEAR_DUPLICATE,
                "",
                parts=sorted(map(str, (version.document_id, document.pk))),
            )
            finding.other, finding.detail = document, {"share": round(share, 3)}
            yield finding


def _contradicting(
    version: Version, passages: Iterable[Said], near: Iterable[Neighbour]
) -> Iterator[Finding]:
    by_id = {passage.id: passage for passage in passages}
    title = names_in(version.document.title)

    @cache
    def said(passage: Said) -> list[Statement]:
        return statements(passage.text, passage.language, passage.kind == BlockKind.TABLE)

    for other in near:
        mine = by_id[other.to]
        if mine.language != other.said.language:
            continue
        names = (
            title | names_in(" \n".join(mine.heading_path)),
            names_in(" \n".join((other.title, *other.said.heading_path))),
        )
        for found in contradictions(said(mine), said(other.said), names):
            yield _contradiction(version, mine, other.document_id, found)


def _contradiction(version: Version, mine: Said, other: UUID, found: Contradiction) -> Finding:
    pair = sorted([f"{version.document_id} {found.mine.text}", f"{other} {found.theirs.text}"])
    finding = _finding(
        version, FindingKind.CONTRADICTION, found.mine.text, start=mine.start + found.mine.start, parts=pair
    )
    finding.other_id, finding.other_excerpt = other, found.theirs.text
    finding.detail = {"reason": found.reason.value, "values": list(found.values)}
    return finding


def _finding(
    version: Version, kind: FindingKind, excerpt: str, parts: Iterable[str], start: int | None = None
) -> Finding:
    """Make a finding; the same thing has the same key in a later version and from the other side."""
    key = sha256("\x1e".join((kind.value, *(" ".join(part.split()) for part in parts))).encode()).hexdigest()
    return Finding(
        document=version.document, version=version, kind=kind, excerpt=excerpt, start=start, key=key
    )


def _unknown(document: Document, found: Iterable[Finding]) -> list[Finding]:
    """Return each finding once that is not on the list yet, neither here nor at the other document."""
    by_key = {finding.key: finding for finding in found}
    if not by_key:
        return []
    others = {finding.other_id for finding in by_key.values() if finding.other_id}
    known = Finding.objects.filter(document__in=[document.pk, *others], key__in=list(by_key))
    known = known.exclude(state=FindingState.MENDED)
    for key in known.values_list("key", flat=True):
        by_key.pop(key, None)
    return list(by_key.values())


def _mended(document: Document, text: str, keys: set[str]) -> list[int]:
    """Return the open findings that this version gives no more cause for."""
    about = Q(document=document) | Q(other=document)
    rows = list(Finding.objects.filter(about, state=FindingState.OPEN))
    plain = " ".join(text.split()) if rows else ""
    mended: list[int] = []
    for finding in rows:
        if finding.kind == FindingKind.NEAR_DUPLICATE:
            is_gone = not _is_still_like(finding, document, text)
        elif finding.kind == FindingKind.CONTRADICTION:
            is_mine = finding.document_id == document.pk
            words = finding.excerpt if is_mine else finding.other_excerpt
            is_gone = " ".join(words.split()) not in plain
        else:
            is_gone = finding.key not in keys
        mended += [finding.pk] if is_gone else []
    return mended


def _is_still_like(finding: Finding, document: Document, text: str) -> bool:
    other = finding.other if finding.document_id == document.pk else finding.document
    theirs = other.live_version.text if other and other.live_version else ""
    return likeness(shingles(text), shingles(theirs)) >= NEAR_DUPLICATE
