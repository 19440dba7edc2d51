"""Notebooks: lines joined, outputs opened, traces gone, still valid."""

import base64
import json

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits


def notebook(*cells, **metadata):
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code(source, outputs=(), **more):
    return {
        "cell_type": "code", "execution_count": 7, "id": "a1", "metadata": {}, "source": source,
        "outputs": list(outputs), **more,
    }  # fmt: skip


def redacted(book, *values, indent=1):
    data = json.dumps(book, indent=indent).encode()
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    outcome = pipeline.process(Item(data, Hint("a.ipynb")))
    assert (Verdict.REDACT, "ipynb", "") == (outcome.verdict, outcome.format, outcome.reason)
    nbformat.validate(json.loads(outcome.data))
    return outcome.data


def test_a_value_split_over_lines_is_found_and_the_lines_stay_lines():
    data = redacted(
        notebook(code(["a = 'Emily \\\n", "Carter'\n", "print(a)"])), "Emily \\\nCarter"
    )
    source = json.loads(data)["cells"][0]["source"]
    assert "print(a)" == source[-1]
    assert 3 == len(source)
    assert "Carter" not in "".join(source)


def test_every_place_of_a_notebook_is_cleaned():
    count = iter(range(99))
    words = []

    def c():
        words.append(f"Kanari{next(count):03d}vogel")
        return words[-1]

    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["x\n", f"{c()}\n"]},
        {
            "output_type": "display_data", "metadata": {c(): c()},
            "data": {
                "text/plain": f"<{c()}>", "text/html": ["<table>\n", f"<tr><td>{c()}</td></tr>\n", "</table>"],
                "image/svg+xml": ["<svg xmlns='http://www.w3.org/2000/svg'>\n", f"<text>{c()}</text></svg>"],
                "application/json": {"a": [c(), {"b": c()}]},
                "text/csv": base64.b64encode(f"A note for {c()} in base64.\n".encode() * 4).decode(),
            },
        },
        {"output_type": "error", "ename": c(), "evalue": c(), "traceback": [f"\u001b[0m{c()}", "x"]},
    ]  # fmt: skip
    book = notebook(
        code([f"# {c()}\n", "x"], outputs),
        {
            "cell_type": "markdown", "id": "b", "metadata": {"tags": [c()]}, "source": f"# {c()}",
            "attachments": {f"{c()}.txt": {"text/plain": c()}},
        },
        title=c(), authors=[{"name": c()}],
        kernelspec={"name": "python3", "display_name": f"Python ({c()})", "env": {"P": f"/home/{c()}"}},
    )  # fmt: skip
    data = redacted(book, *words)
    assert words
    texts = [data.decode(), *layers(data, Hint("a.ipynb"))]
    assert [] == [word for word in words if any(word in text for text in texts)]


def test_traces_are_neutral_values_that_the_schema_knows():
    book = notebook(code("Quixotrel"), kernelspec={"name": "emily-env", "display_name": "Emily's"})
    document = open_document(json.dumps(book).encode(), Hint("a.ipynb"))
    traces = [s.text for s in document.segments() if s.role is Role.TRACE]
    assert ["7", "emily-env", "Emily's"] == traces
    new = json.loads(redacted(book, "Quixotrel"))
    assert None is new["cells"][0]["execution_count"]
    assert {"name": "", "display_name": ""} == new["metadata"]["kernelspec"]


def test_json_that_only_mentions_notebooks_is_json():
    assert "json" == open_document(b'{"text": "nbformat", "cells": 1}', Hint("a.ipynb")).format


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=6
    ),
    st.data(),
)
def test_an_edit_of_the_joined_text_is_that_edit_of_the_joined_lines(lines, data):
    text = "".join(lines)
    raw = json.dumps(notebook(code(lines))).encode()
    document = open_document(raw, Hint("a.ipynb"))
    found = [i for i, s in enumerate(document.segments()) if s.text == text and ".source" in s.part]
    if not text or not found:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    new = json.loads(document.apply([Edit(found[0], start, end, "[X]")]))
    assert text[:start] + "[X]" + text[end:] == "".join(new["cells"][0]["source"])
