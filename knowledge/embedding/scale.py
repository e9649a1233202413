"""Scale: what cosine a model gives to texts that have nothing to do with each other.

Every model has its own: about .78 for multilingual E5, about .1 for others. Ranking and
deciding measure from there, so that one set of weights serves any model. Ten short texts, half a second: once
for each set, which keeps it. Whoever changes the texts empties the column in a migration.
"""

import numpy as np

from knowledge.embedding import Embedder
from knowledge.embedding.sets import verified
from knowledge.models import EmbeddingSet

QUESTIONS = (
    "How long does the battery last?",
    "Where can I park near the station?",
    "Wer hat das Rezept geschrieben?",
    "¿Cuánto cuesta la entrada al museo?",
)
PASSAGES = (
    "Mix the flour with two eggs and let the dough rest in a cool place.",
    "The committee elects its chair by a simple majority of the members present.",
    "Der Zug nach Norden fährt heute von einem anderen Gleis ab.",
    "Las aves migratorias cruzan el estrecho en otoño.",
    "A triangle with three equal sides has three equal angles.",
    "Wash wool by hand in cold water and dry it flat.",
)
HIGHEST = 0.95  # a model that tells nothing apart is not helped by dividing by nearly nothing


def unrelated(embedding_set: EmbeddingSet) -> float:
    """Return the mean cosine of questions and passages about other things, by the model of a set.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    if embedding_set.unrelated is None:
        embedding_set.unrelated = _measured(verified(embedding_set))
        EmbeddingSet.objects.filter(pk=embedding_set.pk).update(unrelated=embedding_set.unrelated)
    return embedding_set.unrelated


def _measured(embedder: Embedder) -> float:
    questions = np.array([embedder.embed_query(question) for question in QUESTIONS])
    passages = np.array(embedder.embed_passages(PASSAGES))
    return min(float((questions @ passages.T).mean()), HIGHEST)
