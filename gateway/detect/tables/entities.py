"""What is known of an entity when the column of a table is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from gateway.detect.context import ContextWords
from gateway.detect.tables.headers import without_harmless

PERSON = "PERSON"
NAMELIKE = frozenset({PERSON, "ORGANIZATION", "LOCATION", "NRP", "TITLE"})
"""What a person's name is also taken for."""

# What has so strong a shape or check of its own that no column can make it chance.
_CERTAIN = frozenset(
    {
        "CN_RESIDENT_ID",
        "CN_USCC",
        "CRYPTO",
        "DATE_OF_BIRTH",
        "EMAIL_ADDRESS",
        "IBAN_CODE",
        "MAC_ADDRESS",
        "URL",
    }
)
_CERTAIN_GROUPS = frozenset({"SECRETS", "EXACT", "MARKINGS"})
# What a column is not made of, or what tells nobody by itself.
_NOT_OF_COLUMNS = frozenset({"MARKINGS", "EXACT", "INDIRECT"})
_LABELS = 2
_NUMBERED_GROUPS = frozenset({"GOVERNMENT_ID", "FINANCIAL"})


class Entities:
    """Context words and groups of entities.

    Args:
        words: the context words of all recognisers of an entity.
        groups: the groups of each entity.
    """

    def __init__(
        self, words: Mapping[str, Iterable[str]], groups: Mapping[str, frozenset[str]]
    ) -> None:
        self._groups = groups
        self._words = {entity: ContextWords(some) for entity, some in words.items()}
        told = (some for entity, some in words.items() if self.makes_columns(entity))
        self._any = ContextWords(set(chain.from_iterable(told)))
        self.labels = {
            entity: tuple(dict.fromkeys(some))[:_LABELS]
            for entity, some in words.items()
            if self.has_number(entity)
        }
        """Some words that name identifiers with numbers, by entity."""

    def named(self, entity: str, words: str) -> bool:
        """Whether words (a header, labels; see :func:`gateway.detect.context.spread`) name it.

        "Order number" names an order, whatever "number" alone may stand for.
        """
        known = self._words.get(entity)
        return bool(words) and known is not None and known.in_words(without_harmless(words))

    def any_named(self, words: str) -> bool:
        """Whether words name anything of which columns are made."""
        return bool(words) and self._any.in_words(words)

    def is_certain(self, entity: str) -> bool:
        """Whether it stands, whatever its column is."""
        return entity in _CERTAIN or bool(self._groups.get(entity, frozenset()) & _CERTAIN_GROUPS)

    def makes_columns(self, entity: str) -> bool:
        """Whether a column may consist of it."""
        groups = self._groups.get(entity, frozenset())
        return entity != "URL" and not groups & _NOT_OF_COLUMNS

    def has_number(self, entity: str) -> bool:
        """Whether it is an identifier that check digits may vouch for."""
        return bool(self._groups.get(entity, frozenset()) & _NUMBERED_GROUPS)
