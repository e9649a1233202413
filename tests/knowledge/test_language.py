"""Languages are told where they can be told, and not guessed where they cannot."""

import pytest

from knowledge.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do I reset my password?", "en"),
        ("Wie kann ich mein Passwort zurücksetzen?", "de"),
        ("¿Cómo cambio la contraseña de mi cuenta?", "es"),
        ("Comment annuler mon abonnement ?", "fr"),
        ("Как сбросить пароль от учётной записи?", "ru"),
        ("パスワードを忘れました", "ja"),
        ("电池没电了怎么办", "zh"),
        ("كيف يمكنني تغيير كلمة المرور", "ar"),
    ],
)
def test_a_question_is_recognised(text: str, language: str) -> None:
    assert detect(text, default="xx") == language


@pytest.mark.parametrize("text", ["", "?!", "E-42", "ok", "10/100 Mbps RJ45", "reset"])
def test_what_is_too_short_or_ambiguous_gets_the_default(text: str) -> None:
    assert detect(text, default="xx") == "xx"


def test_a_cover_in_another_language_does_not_decide() -> None:
    cover = "User manual for the coffee machine. Keep it in a safe place. " * 3
    body = "Füllen Sie den Tank mit frischem Wasser und drücken Sie die Taste. " * 600

    assert detect(cover + body) == "de"
