"""Documents in several languages: each compared with the question in its own way, on both plans."""

from pathlib import Path

import pytest

from knowledge.embedding import get_embedder
from knowledge.embedding.accents import Tongue
from knowledge.embedding.sets import ensure_active_set
from knowledge.models import Collection, Document
from knowledge.retrieval.candidates import POOL, Candidate, Meant, fetch
from knowledge.retrieval.lexical import Corpus, LexicalQuery
from knowledge.retrieval.planning import Plan
from knowledge.retrieval.search import Found
from tests.factories import taken_in

pytestmark = pytest.mark.usefixtures("axes", "db")
ENGLISH = "The warranty of the machine lasts for two years from the day of the delivery to your house."
GERMAN = "Wir bringen den neuen Akku zu Ihnen nach Hause und nehmen den alten kostenlos wieder mit."
FRENCH = "Notre atelier est ouvert du lundi au vendredi, et nous vous attendons avec plaisir toute l'année."


@pytest.fixture
def house(axes: object, db: None, tmp_path: Path) -> None:
    """Take in a document of each of three languages."""
    for name, text in (("english", ENGLISH), ("german", GERMAN), ("french", FRENCH)):
        taken_in(tmp_path, text, f"{name}.txt")
    assert set(Document.objects.values_list("title", "language")) == {
        ("English", "en"),
        ("German", "de"),
        ("French", "fr"),
    }


def fetched(plan: Plan, meant: Meant) -> dict[str, Candidate]:
    """Return the candidates by their titles, found by meaning alone."""
    scope = {"audiences": ["public"], "collections": list(Collection.objects.values_list("pk", flat=True))}
    corpus = Corpus(3, 10.0, {}, {}, plan)
    found = fetch(ensure_active_set(), meant, LexicalQuery({}, ""), corpus, scope)
    assert len({candidate.chunk_id for candidate in found}) == len(found)
    return {candidate.title: candidate for candidate in found}


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("plan", Plan)
def test_each_document_is_compared_by_the_vector_of_its_language(plan: Plan) -> None:
    embedder = get_embedder()
    vector, moved = embedder.embed_query("akku"), embedder.embed_query("garantie versand")

    plain = fetched(plan, Meant(vector))
    found = fetched(plan, Meant(vector, (Tongue("en", moved, 0.25),)))

    assert found.keys() == plain.keys() == {"English", "German", "French"}
    assert {title: one.lift for title, one in found.items()} == {"English": 0.25, "German": 0, "French": 0}
    assert {one.lift for one in plain.values()} == {0}
    assert found["German"].cosine == pytest.approx(plain["German"].cosine)
    assert found["French"].cosine == pytest.approx(plain["French"].cosine)
    passage = embedder.embed_passages([ENGLISH])[0]
    assert plain["English"].cosine == pytest.approx(float(vector @ passage), abs=1e-3)
    assert found["English"].cosine == pytest.approx(float(moved @ passage), abs=1e-3)


@pytest.mark.parametrize("plan", Plan)
def test_a_lift_brings_in_what_many_in_another_language_would_keep_out(plan: Plan, tmp_path: Path) -> None:
    taken_in(tmp_path, ENGLISH, "english.txt")
    for number in range(POOL + 5):
        taken_in(tmp_path, f"{GERMAN} Das gilt in Haus {number}.", f"german-{number}.txt")
    vector = get_embedder().embed_query("akku")

    assert "English" not in fetched(plan, Meant(vector))
    assert "English" not in fetched(plan, Meant(vector, (Tongue("en", vector, 0.1),)))
    assert "English" in fetched(plan, Meant(vector, (Tongue("en", vector, 0.9),)))


@pytest.mark.usefixtures("house")
def test_what_is_ranked_by_is_lifted() -> None:
    vector = get_embedder().embed_query("akku")
    meant = Meant(vector, (Tongue("en", vector, 0.9),))
    candidates = list(fetched(Plan.SCAN, meant).values())

    features = Found(LexicalQuery({}, ""), meant, ensure_active_set(), candidates, 0.0).features()

    assert {one.title: feature.dense for one, feature in zip(candidates, features, strict=True)} == {
        one.title: pytest.approx(one.cosine + 0.9 * (one.title == "English")) for one in candidates
    }
