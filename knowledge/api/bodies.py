"""Bodies: from JSON to values, or to the sentence why it is none that we read."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

NO_JSON = "The body is no JSON that we read: send one object, in UTF-8 and not nested deeper than 50 levels."
DEEPEST = 50


class StrictParser(Parser):
    """Reads JSON as the standard has it: no NaN, no endless numbers, no bottomless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the values of a JSON body.

        Raises:
            ValueError: It is none; the text is a sentence fit for whoever sent it.
        """
        try:
            value = json.loads(request.body.decode(), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ValueError(NO_JSON) from error
        if _is_too_deep(value):
            raise ValueError(NO_JSON)
        return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []
