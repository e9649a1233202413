"""Language detection: from a text to the ISO 639-1 code of the language it is written in.

Used for documents, chunks and questions. A doubtful guess is worse than none, because the
language picks the stemmer: short or ambiguous text gets the caller's default.
"""

from functools import cache, lru_cache
from itertools import islice

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Close relatives that nobody asks support in (Luxembourgish, Pidgin, Latin ...) only take
# confidence away from "de" and "en" on short questions, so they do not stand for election.
_CODES = (
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka "
    "kk km kn ko lo lt lv mk ml mn mr ms my ne nl no pa pl pt ro ru sk sl sq sr sv sw ta te th tl tr uk "
    "ur uz vi zh"
)
LANGUAGES = tuple(_CODES.split())
MIN_CONFIDENCE = 0.5
MIN_LETTERS = 4
SAMPLE_LENGTH = 4_000
# An answer asks for the language of its question five times, at 1.2 ms; longer texts are asked about once.
REMEMBERED, LONGEST_REMEMBERED = 64, 2_000  # texts; characters


def detect(text: str, default: str = "en") -> str:
    """Return the language of ``text``, or ``default`` when it is too short or ambiguous to tell."""
    sample = _sample(text)
    # A Chinese or Korean character says as much as two letters.
    letters = islice((character for character in sample if character.isalpha()), MIN_LETTERS)
    if sum(2 if letter > "\u2e80" else 1 for letter in letters) < MIN_LETTERS:
        return default
    classify = _remembered if len(sample) <= LONGEST_REMEMBERED else _classified
    language, confidence = classify(sample)
    return language if confidence >= MIN_CONFIDENCE else default


def warm_up() -> None:
    """Load the model now (about a second), not with the first text."""
    _identifier()


def _sample(text: str) -> str:
    """Take the beginning, the middle and the end: a cover page may be in another language."""
    if len(text) <= 3 * SAMPLE_LENGTH:
        return text
    middle = (len(text) - SAMPLE_LENGTH) // 2
    return "\n".join(
        (
            text[:SAMPLE_LENGTH],
            text[middle : middle + SAMPLE_LENGTH],
            text[-SAMPLE_LENGTH:],
        )
    )


def _classified(sample: str) -> tuple[str, float]:
    language, confidence = _identifier().classify(sample)
    return str(language), float(confidence)


_remembered = lru_cache(maxsize=REMEMBERED)(_classified)


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
