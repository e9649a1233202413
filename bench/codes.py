"""Codes: part numbers and error codes among look-alikes, asked for in every spelling and with one typo.

    python -m bench.codes FOLDER [--documents 2000] [--keep]

FOLDER holds retrieval sets; the documents are two or three sentences of theirs under a title. A
tenth of them carry one code each, of five shapes; a fifth carry codes that differ from one of those
in one character. Every code is asked for in English, in German, bare, without its hyphens or dots,
with blanks instead, in small letters, and with one character swapped, wrong, missing or too many, as
long as that is no other code. All through the product's own ingestion and ``search``. Prints what
was missed; ``--keep`` leaves the documents for the next run.
"""

import argparse
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.ready import ready

services = ready()

from chat.learning.metrics import hit  # noqa: E402 - needs the set-up above
from chat.learning.retrieval_sets import SetDocument  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, search  # noqa: E402 - needs the set-up above
from supportbot.measuring.scratch import Names, scratch, take_in  # noqa: E402 - needs the set-up above

SEED = 20_074
CORPORA = {
    "covidfaq": "en",
    "emanual_s10": "en",
    "stackfaq": "en",
    "plausible_headings": "en",
    "mtrag_clapnq_fiqa": "en",
    "xquad_en_en": "en",
    "xquad_de_de": "de",
}
# "@" is a letter, "#" a digit, "?" either.
SHAPES = ("@-##", "@@-####@", "ERR_####", "##.###.###", "SN-?#@?-##??")
KINDS = {"@": "ABCDEFGHKLMNPRSTUVWXYZ", "#": "0123456789", "?": "ABCDEFGHKLMNPRSTUVWXYZ0123456789"}
CARRIERS = {
    "en": ("It is listed as {}.", "This concerns {}.", "In that case {} is shown.", "Ask for {} then."),
    "de": ("Es steht unter {}.", "Das betrifft {}.", "Dann erscheint {}.", "Fragen Sie dann nach {}."),
}
ASKING = {
    "en": (
        "What does {} mean?",
        "Where can I read about {}?",
        "I need help with {}, what should I do?",
        "Do you know anything about {}?",
    ),
    "de": (
        "Was bedeutet {}?",
        "Wo kann ich etwas über {} lesen?",
        "Ich brauche Hilfe zu {}, was soll ich tun?",
        "Wissen Sie etwas über {}?",
    ),
}
SPELLINGS = ("English", "German", "bare", "joined", "blanks", "small letters")
TYPOS = ("swapped", "wrong", "missing", "too many")
AIMS = {1: 0.98, 5: 0.9}
DEPTH = 20


@dataclass(frozen=True, slots=True)
class Question:
    """How a code is asked for: one right document, to be found within ``cut``."""

    text: str
    code: str
    shape: str
    way: str
    cut: int


def plain(text: str) -> str:
    """Return the letters and digits of a code."""
    return "".join(filter(str.isalnum, text)).casefold()


def coined(count: int, chance: Random) -> tuple[list[str], list[str]]:
    """Return ``count`` codes of all shapes, and twice as many that are one character off."""
    codes: dict[str, str] = {}
    while len(codes) < count:
        shape = SHAPES[len(codes) % len(SHAPES)]
        code = "".join(chance.choice(KINDS.get(sign, sign)) for sign in shape)
        codes.setdefault(plain(code), code)
    decoys: dict[str, str] = {}
    for code in [*codes.values()] * 2:
        near = mistyped(code, "wrong", {**codes, **decoys}, chance)
        if near is not None:
            decoys[plain(near)] = near
    return list(codes.values()), list(decoys.values())


def mistyped(code: str, typo: str, taken: Mapping[str, str], chance: Random) -> str | None:
    """Return a code with one typo that makes it no other one; None where there is none."""
    for _ in range(200):
        place = chance.choice([match.start() for match in re.finditer(r"[A-Z0-9]", code)])
        letter, rest = code[place], code[place + 1 :]
        following = rest[:1]
        other = chance.choice(KINDS["#" if letter.isdigit() else "@"])
        stays = (following or code[place - 1]).isalnum()  # nobody leaves out a whole part
        made = {
            "swapped": code[:place] + following + letter + rest[1:] if following.isalnum() else code,
            "wrong": code[:place] + other + rest,
            "missing": code[:place] + rest if stays else code,
            "too many": code[:place] + letter + other + rest,
        }[typo]
        if plain(made) not in taken and made != code:
            return made
    return None


def stretches(folder: Path, chance: Random) -> Iterator[tuple[str, str, list[str]]]:
    """Yield language, title and two or three sentences that follow each other, in a drawn order."""
    found = []
    for corpus, language in CORPORA.items():
        for line in (folder / corpus / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            parts = re.split(r"(?<=[.!?])\s+", " ".join(row["text"].split()))
            sentences = [part for part in parts if 6 <= len(part.split()) <= 40]
            if len(sentences) >= 2:
                title = (row.get("title") or " ".join(sentences[0].split()[:5])).replace("_", " ")
                begin = chance.randrange(len(sentences) - 1)
                found.append((language, title, sentences[begin : begin + chance.choice((2, 3))]))
    chance.shuffle(found)
    yield from found


def written(folder: Path, codes: Sequence[str], count: int, chance: Random) -> Iterator[SetDocument]:
    """Yield ``count`` documents; the first of them carry the codes, one each, and are named by them."""
    known = set(map(plain, codes))
    number = 0
    for language, title, sentences in stretches(folder, chance):
        if number == count:
            return
        if known & set(map(plain, " ".join([title, *sentences]).split())):
            continue
        name = f"plain {number}"
        if number < len(codes):
            name = codes[number]
            carrier = chance.choice(CARRIERS[language]).format(name)
            sentences.insert(chance.randint(0, len(sentences)), carrier)
        yield SetDocument(name, title, " ".join(sentences))
        number += 1


def asked(codes: Sequence[str], taken: Mapping[str, str], chance: Random) -> Iterator[Question]:
    """Yield every code in every spelling and with every typo."""
    for number, code in enumerate(codes):
        shape = SHAPES[number % len(SHAPES)]
        english, german = chance.choice(ASKING["en"]), chance.choice(ASKING["de"])
        spelt = (
            english.format(code),
            german.format(code),
            code,
            english.format("".join(filter(str.isalnum, code))),
            english.format(re.sub(r"\W|_", " ", code)),
            english.format(code.lower()),
        )
        for way, text in zip(SPELLINGS, spelt, strict=True):
            yield Question(text, code, shape, way, 1)
        for way in TYPOS:
            asking = chance.choice((english, german, "{}"))
            typed = mistyped(code, way, taken, chance)
            if typed is not None:
                yield Question(asking.format(typed), code, shape, way, 5)


def ask(questions: Sequence[Question], names: Names, scope: Scope) -> None:
    """Ask all questions and print the shares found and the misses."""
    right: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    misses = []
    for question in questions:
        found = search(question.text, scope, DEPTH)
        ranking = list(dict.fromkeys(name for passage in found for name in names[passage.document_id]))
        is_found = hit(ranking, {question.code: 1}, question.cut)
        for group in ("all", question.way, question.shape):
            right[question.cut, group].append(is_found)
        if not is_found:
            place = ranking.index(question.code) + 1 if question.code in ranking else "not found"
            misses.append(f"  {question.way}: “{question.text}” {question.code} is {place}; {ranking[:5]}")
    for (cut, group), shares in sorted(right.items()):
        print(f"Hit@{cut}  {group:14} {len(shares):5} {sum(shares) / len(shares):.4f}")
    for cut, aim in AIMS.items():
        shares = right[cut, "all"]
        print(f"Hit@{cut} {sum(shares) / len(shares):.4f}, aim {aim}")
    print("Missed:", *misses, sep="\n")


def main() -> None:
    """Measure on the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    chance = Random(SEED)  # noqa: S311 - a draw that repeats
    codes, decoys = coined(options.documents // 10, chance)
    documents = list(written(options.folder, [*codes, *decoys], options.documents, chance))
    taken = {plain(code): code for code in (*codes, *decoys)}
    with tempfile.TemporaryDirectory() as place:
        rows = (json.dumps({"id": one.id, "title": one.title, "text": one.text}) for one in documents)
        (Path(place) / "corpus.jsonl").write_text("\n".join(rows), encoding="utf-8")
        with scratch(Path(place), options.keep) as collection:
            names, failures = take_in(documents, collection)
            print(*failures, sep="\n")
            collection.refresh_from_db()
            print(f"{len(names)} documents, {collection.chunk_count} chunks, {len(codes)} codes")
            ask(list(asked(codes, taken, chance)), names, Scope(collections=(collection.slug,)))


if __name__ == "__main__":
    main()
