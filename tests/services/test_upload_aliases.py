"""Later requests name documents as their services do."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.services.uploads.aliases import Aliases
from gateway.services.uploads.lengths import Length
from gateway.services.uploads.refused import new_token

TOKENS = [new_token() for _ in range(3)]
NAMES = {f"{token}{name}": f"<{at}{name}>" for at, token in enumerate(TOKENS[:2])
         for name in ("id", "id2", "url")}  # fmt: skip
LENGTH = Length("file-7", "id", "size", 300, 277)


def known():
    aliases = Aliases()
    aliases.learn(NAMES, 10)
    return aliases


words = st.sampled_from([*NAMES, *TOKENS, "rg", "rgabc", " ", '"', "id", "é"])


@given(st.lists(words, max_size=8))
def test_each_name_is_the_services_and_all_else_stays(said):
    # What follows an identity is one of its names, if it is any.
    text = "".join(f"{one}|" for one in said)
    wanted = "".join(f"{NAMES.get(one, one)}|" for one in said)
    data = text.encode()
    named = known().named(data)
    assert wanted.encode() == named
    assert (named is data) is not any(one in NAMES for one in said)


def test_names_are_forgotten():
    aliases, said = known(), next(iter(NAMES)).encode()
    aliases.sweep(9)
    assert said != aliases.named(said)
    aliases.sweep(10)
    assert said == aliases.named(said)


def test_the_names_in_a_text_are_given_whole():
    said = f"/x/{TOKENS[0]}id?also={TOKENS[2]}".encode()
    assert {one: name for one, name in NAMES.items() if one.startswith(TOKENS[0])} == (
        known().names_in(said)
    )


def test_a_piece_of_text_is_put_right_in_what_speaks_of_documents():
    aliases = Aliases()
    texts = {f"<len>{n}</len><id>{n}</id>": f"<len>{n + 1}</len><id>{n}</id>" for n in range(50)}
    aliases.learn_changes(["s"], texts, [], 10)
    said = b'{"m": "<a><len>7</len><id>7</id><len>7</len><id>8</id></a>"}'
    wanted = said.replace(b"<len>7</len><id>7</id>", b"<len>8</len><id>7</id>")
    assert wanted == aliases.corrected(said, "s", speaks=True)
    assert said == aliases.corrected(said, "s", speaks=False)
    assert said == aliases.corrected(said, "another", speaks=True)


def test_a_length_is_put_right_beside_the_name_of_its_document():
    aliases = Aliases()
    aliases.learn_changes(["s"], {}, [LENGTH], 10)
    said = b'{"id": "file-7", "size": 300, "x": 1.0}'
    assert said.replace(b"300", b"277") == aliases.corrected(said, "s", speaks=False)
    aliases.sweep(10)
    assert said == aliases.corrected(said, "s", speaks=False)
