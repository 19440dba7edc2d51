"""Reading recognisers from YAML: what each file says, checked key by key.

A file is a list of recognisers. An entry holds

* ``name``, ``entity`` (listed in ``entities.yaml``; a ``class`` may have a list of them)
* ``patterns``: ``{regex, score}`` each, or ``class``: a Presidio recogniser to adopt
* ``arguments``: what the ``class`` is made with (a mapping)
* ``check``: a function of one of the modules in ``_CHECKS`` below (:mod:`recognizers.checksums`,
  :mod:`recognizers.shapes` …); a match that fails it is dropped
* ``context``: words that raise the score when they stand near
* ``context_required``: ``true`` drops a match without such a word; ``label`` wants the word in the
  segment's own label (column header, key, form field); ``abroad`` drops it unless the options name
  one of the recogniser's ``locales``
* ``locales``: ISO 3166-1 codes, lower case, of the countries that use it; none means everywhere
* ``case_sensitive``, ``languages``, ``literals`` (one of these must stand in the text)
* ``boundary: false`` when the pattern brings its own; otherwise a match must not touch an ASCII
  letter or digit
* ``examples``: ``positive`` and ``negative``, from which tests are made: texts, or mappings with
  ``text`` and ``context`` (labels); « and » mark the value in a text that holds more than it

A group named ``value`` in a pattern is what is found; without one, the whole match.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateway.detect.catalogue import catalogue, load_yaml
from gateway.errors import PolicyError

EVERYWHERE = "all"
_NOT_RECOGNIZERS = frozenset({"entities.yaml"})
_CHECKS = (
    "recognizers.checksums",
    "recognizers.checksums_china",
    "recognizers.checksums_america",
    "recognizers.checksums_asia",
    "recognizers.checksums_europe",
    "recognizers.checksums_firms",
    "recognizers.banks",
    "recognizers.devices",
    "recognizers.labels",
    "recognizers.network",
    "recognizers.shapes",
    "recognizers.entropy",
    "recognizers.wallets",
)


@dataclass(frozen=True, slots=True)
class PatternDefinition:
    """One regular expression and what a match of it is worth."""

    regex: str
    score: float
    context_required: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the value that must be found in it; without one, nothing may be found."""

    text: str = field(repr=False)
    value: str = field(default="", repr=False)
    context: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """One recogniser as its file describes it. See the module for the keys."""

    source: str
    name: str
    entity: str
    others: tuple[str, ...] = ()
    patterns: tuple[PatternDefinition, ...] = ()
    implementation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[str], bool] | None = None
    context: tuple[str, ...] = ()
    context_required: bool = False
    label_required: bool = False
    locales: frozenset[str] = frozenset()
    case_sensitive: bool = False
    boundary: bool = True
    languages: frozenset[str] = frozenset()
    literals: tuple[str, ...] = ()
    positive: tuple[Example, ...] = ()
    negative: tuple[Example, ...] = ()

    @property
    def entities(self) -> tuple[str, ...]:
        """All that it can find."""
        return (self.entity, *self.others)


def load_definitions(
    languages: Collection[str] | None = None,
    extra: Path | None = None,
    locales: Collection[str] = (),
) -> list[Definition]:
    """All recognisers that serve one of the languages and locales, the user's own last.

    Args:
        languages: ISO 639-1 codes; ``None`` means all.
        extra: a folder with the user's own YAML files.
        locales: ISO 3166-1 codes, lower case, or ``all``; as in
            :class:`gateway.model.DetectionOptions`.

    Raises:
        PolicyError: a file is not as it should be; the message names file, recogniser and key.
    """
    entities = catalogue(extra)
    definitions = [
        definition
        for source, text in _sources(extra)
        for definition in parse_definitions(text, source, entities, locales)
        if languages is None or not definition.languages or definition.languages & set(languages)
        if not locales
        or EVERYWHERE in locales
        or not definition.locales
        or definition.locales & set(locales)
    ]
    names = [definition.name for definition in definitions]
    for name in names:
        if names.count(name) > 1:
            raise PolicyError(f"two recognisers are named {name!r}")
    return definitions


def parse_definitions(
    text: str, source: str, entities: Collection[str], locales: Collection[str] = ()
) -> list[Definition]:
    """The recognisers of one file, as they are where ``locales`` are at home.

    Raises:
        PolicyError: as for :func:`load_definitions`.
    """
    data = load_yaml(text, source)
    if not isinstance(data, list):
        raise PolicyError(f"{source}: expected a list of recognisers")
    return [_Entry(source, entry).definition(entities, locales) for entry in data]


def _sources(extra: Path | None) -> Iterator[tuple[str, str]]:
    shipped = [file for file in files("recognizers").iterdir() if file.name.endswith(".yaml")]
    for file in sorted(shipped, key=lambda file: file.name):
        if file.name not in _NOT_RECOGNIZERS:
            yield file.name, file.read_text("utf-8")
    if extra is not None:
        if not extra.is_dir():
            raise PolicyError(f"{extra}: no such folder of recognisers")
        for path in sorted(extra.glob("*.yaml")):
            if path.name not in _NOT_RECOGNIZERS:
                yield str(path), path.read_text("utf-8")


class _Entry:
    """One entry of a file while it is being checked."""

    def __init__(self, source: str, entry: Any) -> None:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise PolicyError(f"{source}: every recogniser needs a name")
        self._keys: dict[str, Any] = dict(entry)
        self._source = source
        self._name: str = self._keys.pop("name")

    def definition(self, entities: Collection[str], at_home: Collection[str]) -> Definition:
        entity, *others = self._entities(entities)
        patterns = tuple(self._pattern(item) for item in self._take("patterns", list, []))
        implementation = self._take("class", str, "")
        if bool(patterns) == bool(implementation):
            raise self._error("patterns", "either patterns or a class")
        if others and not implementation:
            raise self._error("entity", "only a class finds several")
        locales = frozenset(self._strings("locales"))
        required = self._keys.pop("context_required", False)
        if required not in (True, False, "label", "abroad"):
            raise self._error("context_required", "true, false, label or abroad")
        if required == "abroad":
            required = EVERYWHERE not in at_home and locales.isdisjoint(at_home)
        examples = self._take("examples", dict, {})
        definition = Definition(
            source=self._source,
            name=self._name,
            entity=entity,
            others=tuple(others),
            patterns=patterns,
            implementation=implementation,
            arguments=self._take("arguments", dict, {}),
            check=self._check(),
            context=self._strings("context"),
            context_required=bool(required),
            label_required=required == "label",
            locales=locales,
            case_sensitive=self._take("case_sensitive", bool, default=False),
            boundary=self._take("boundary", bool, default=True),
            languages=frozenset(self._strings("languages")),
            literals=self._strings("literals"),
            positive=self._examples(examples, "positive"),
            negative=self._examples(examples, "negative"),
        )
        for key in [*self._keys, *examples]:
            raise self._error(str(key), "unknown key")
        if definition.context_required and not (definition.context or implementation):
            raise self._error("context", "context is required, but there are no context words")
        return definition

    def _entities(self, known: Collection[str]) -> list[str]:
        named = self._keys.pop("entity", "")
        named = named if isinstance(named, list) else [named]
        for entity in named:
            if entity not in known:
                raise self._error("entity", f"{entity!r} is not listed in entities.yaml")
        if not named:
            raise self._error("entity", "at least one")
        return named

    def _error(self, key: str, problem: str) -> PolicyError:
        return PolicyError(f"{self._source}: recogniser {self._name!r}, {key}: {problem}")

    def _take[T](self, key: str, kind: type[T], default: T) -> T:
        value = self._keys.pop(key, default)
        if not isinstance(value, kind):
            raise self._error(key, f"expected a {kind.__name__}")
        return value

    def _strings(self, key: str) -> tuple[str, ...]:
        values = self._take(key, list, [])
        if not all(isinstance(value, str) and value for value in values):
            raise self._error(key, "expected a list of words")
        return tuple(values)

    def _pattern(self, item: Any) -> PatternDefinition:
        if not isinstance(item, dict) or not {"regex", "score"} <= item.keys() <= _PATTERN_KEYS:
            raise self._error("patterns", "each has regex and score, and maybe context_required")
        regex, score = item["regex"], item["score"]
        required = item.get("context_required", False)
        if not isinstance(regex, str) or not isinstance(required, bool):
            raise self._error("patterns", "regex is a text, context_required true or false")
        if not isinstance(score, int | float) or not 0 < score <= 1:
            raise self._error("patterns", "score is a number above 0, at most 1")
        return PatternDefinition(regex.strip(), float(score), required)

    def _check(self) -> Callable[[str], bool] | None:
        name = self._take("check", str, "")
        if not name:
            return None
        for module in map(import_module, _CHECKS):
            function: Callable[[str], bool] | None = vars(module).get(name)
            if function is not None and getattr(function, "__module__", "") == module.__name__:
                return function
        raise self._error("check", f"{name!r} is neither in checksums*.py nor in shapes.py")

    def _examples(self, examples: dict[str, Any], kind: str) -> tuple[Example, ...]:
        items = examples.pop(kind, [])
        if not isinstance(items, list):
            raise self._error(f"examples.{kind}", "expected a list")
        return tuple(self._example(item, kind) for item in items)

    def _example(self, item: Any, kind: str) -> Example:
        fields: Mapping[str, Any] = item if isinstance(item, dict) else {"text": item}
        text, context = fields.get("text"), fields.get("context", [])
        if not isinstance(text, str) or not isinstance(context, list) or fields.keys() - _EXAMPLE:
            raise self._error(f"examples.{kind}", "a text, or a mapping with text and context")
        value = ""
        if kind == "positive":
            before, mark, rest = text.partition("«")
            value, _, after = rest.partition("»")
            value, text = (value, before + value + after) if mark else (text, text)
        return Example(text, value, tuple(context))


_PATTERN_KEYS = {"regex", "score", "context_required"}
_EXAMPLE = {"text", "context"}
