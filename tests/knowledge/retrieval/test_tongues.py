"""Documents in several languages: each compared with the question in its own way, on both plans."""

from pathlib import Path

import pytest

from knowledge.embedding import get_embedder
from knowledge.embedding.accents import Tongue
from knowledge.embedding.sets import ensure_active_set
from knowledge.models import Collection, Document
from knowledge.retrieval import Scope, search
from knowledge.retrieval.candidates import Candidate, Meant, fetch
from knowledge.retrieval.lexical import Corpus, LexicalQuery
from knowledge.retrieval.planning import Plan
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


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("plan", Plan)
def test_where_few_are_looked_at_a_lift_decides_which(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.retrieval.candidates.POOL", 1)
    vector = get_embedder().embed_query("akku")

    assert fetched(plan, Meant(vector)).keys() == {"German"}
    assert fetched(plan, Meant(vector, (Tongue("en", vector, 0.1),))).keys() == {"German"}
    assert fetched(plan, Meant(vector, (Tongue("en", vector, 0.9),))).keys() == {"English"}


@pytest.mark.usefixtures("house")
def test_search_ranks_by_what_is_lifted_and_tells_the_nearness_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lifting(lift: float) -> list[tuple[str, float]]:
        monkeypatch.setattr("knowledge.embedding.accents._moved", lambda vector, *_: vector)
        monkeypatch.setattr(
            "knowledge.embedding.accents._lift", lambda *names: lift if names[-1] == "en" else 0.0
        )
        found = search("Was ist mit meinem alten Akku und der Garantie?", Scope())
        return [(passage.title, round(passage.nearness, 4)) for passage in found]

    usual, lifted = lifting(0.0), lifting(0.9)

    assert usual[0][0] == "German"
    assert lifted[0][0] == "English"
    assert dict(usual) == dict(lifted)
