"""Foreign: passages in another language than the question, whose parts are compared by what they mean.

Words of two languages hardly ever meet, so the vectors of question and parts have to tell, some 20 ms
each. Of 100 questions of XQuAD over English documents, from the half that nothing was tuned on, the quotes
held the answer of .76 instead of .65 in German, .77 for .67 in Spanish, .61 for .47 in Arabic, .63 for .47 in
Chinese, in as many words. Where the languages are the same this gains nothing and costs a little.
"""

from collections.abc import Awaitable, Callable, Sequence

from chat.answering.quoting.parts import Kind, parts_of
from knowledge.passages import Passage

COMPARED = 2  # passages; with one Arabic loses .03, more than two gain nothing
# How near each of some texts is to a question: 0 for what has nothing to do with it, 1 for the same.
Near = Callable[[str, Sequence[str]], Awaitable[Sequence[float]]]


def texts_to_compare(passages: Sequence[Passage], language: str) -> dict[str, str]:
    """Return the parts of the best passages with what they are compared as: an answer with its question.

    None unless the best passage is in another language, as far as known.
    """
    if not passages or passages[0].language in ("", language):
        return {}
    return {
        part.text: f"{passage.question} {part.text}".strip()
        for passage in passages[:COMPARED]
        for part in parts_of(passage)
        if part.kind is not Kind.HEADING
    }
