"""Errors of chat: what cannot be said or done, in words for the person who asked."""


class ChatError(Exception):
    """Anything that keeps a conversation from going on; ``code`` names it for programs."""

    code = "error"


class BadQuestion(ChatError):
    """The question cannot be asked as it is."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Limited(BadQuestion):
    """It came too often; after ``retry_after`` seconds the same will pass."""

    def __init__(self, code: str, sentence: str, retry_after: int) -> None:
        super().__init__(code, sentence)
        self.retry_after = retry_after


class Refused(ChatError):
    """What staff wanted to do cannot be done now, in words for them."""


class ModelFailed(ChatError):
    """The language model failed, stalled or talked nonsense; the quoting answerer takes over."""


class NotInPassages(ChatError):
    """The language model read the passages and says that they do not hold the answer."""


class ModelAway(ModelFailed):
    """The endpoint could not serve just now; ``after`` seconds from now another try makes sense."""

    def __init__(self, sentence: str, after: float = 0.3) -> None:
        super().__init__(sentence)
        self.after = after


class ModelUnfit(ModelFailed):
    """This one request cannot be served; it says nothing about the next one."""
