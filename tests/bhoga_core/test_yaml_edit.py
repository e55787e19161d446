"""The YAML edit on texts as people write them: what a setting does to the lines."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.yaml_edit import Change, Edited, Unwritable, edit, mapping
from bhoga_core.yaml_text import reading

MODEL = ("model", "default")
CHOICE = {MODEL: "m-2", ("model", "provider"): "p-2"}
ADDED = "model:\n  default: m-2\n  provider: p-2\n"
MERGED = "a: &a\n  model:\n    default: q # mine\n    t: 3 # his\n    u:\n    v: &v {}\n<<: *a\n"
TORTURE = Path(__file__).parents[2].parent / "shared" / "hermes" / "user_config.yaml"

BEFORE_AND_AFTER = {
    "an empty text": ("", ADDED),
    "comments only": ("# mine", "# mine\n" + ADDED.rstrip()),
    "an empty document": ("---\n# mine\n...\n", f"---\n# mine\n{ADDED}...\n"),
    "a null document": ("--- null\n", f"---\n{ADDED}"),
    "no such key": ("a: 1\n\n# end\n", f"a: 1\n{ADDED}\n# end\n"),
    "a key of no value": ("model:  # mine\nb: 1\n", "model:  # mine\n" + ADDED[7:] + "b: 1\n"),
    "a text in the way": ("model: m-1 # mine\n", "model: # mine\n" + ADDED[7:]),
    "a block text": ("model: |  # mine\n  x\n  y\n\nb: 1", f"model:  # mine\n{ADDED[7:]}\nb: 1"),
    "quotes": (
        "model: {default: 'a', provider: \"b\"}",
        "model: {default: 'm-2', provider: \"p-2\"}",
    ),
    "a flow mapping": (
        "model: {a: b,}\r\nc: 1\r\n",
        "model: {a: b, default: m-2, provider: p-2,}\r\nc: 1\r\n",
    ),
    "an empty flow mapping": ("{}", "{model: {default: m-2, provider: p-2}}"),
    "flow keys alone": ("model: {default, provider}", "model: {default: m-2, provider: p-2}"),
    "six columns": (
        "model:\n      default: x   # why\n      # was: y\n",
        "model:\n      default: m-2   # why\n      provider: p-2\n      # was: y\n",
    ),
    "carriage returns, a mark": (
        "\ufeffmodel:\r  default: x\r  provider: ''",
        "\ufeffmodel:\r  default: m-2\r  provider: 'p-2'",
    ),
    "duplicates": (
        "model:\n default: a\nmodel:\n default: b\n default: c\n",
        "model:\n default: a\nmodel:\n default: b\n default: m-2\n provider: p-2\n",
    ),
    "an alias": (
        "a: &m {default: q}\nmodel: *m # mine\n",
        "a: &m {default: q}\nmodel: # mine\n  <<: *m\n  default: m-2\n  provider: p-2\n",
    ),
    "an anchor others use": (
        "model: &m\n    default: z # mine\nb: *m\n",
        "model:\n  <<: &m\n    default: z # mine\n  default: m-2\n  provider: p-2\nb: *m\n",
    ),
    "a text that is merged in": (
        "a: &a {model: m-1}\n<<: *a\n",
        f"a: &a {{model: m-1}}\n<<: *a\n{ADDED}",
    ),
    "a mapping without an anchor that is merged in": (
        MERGED,
        MERGED + "model:\n  t: 3\n  u: null\n  v: *v\n  default: m-2\n  provider: p-2\n",
    ),
    "an anchored text others use": ("model: &m q\nb: *m\n", f"{ADDED}b: &m q\n"),
    "an anchor no one uses": (
        "model: &m {default: &d x}",
        "model: &m {default: &d m-2, provider: p-2}",
    ),
    "a last text without a break": ("a: |\n  text", f"{ADDED}a: |\n  text"),
    "a tag": (
        "model: {default: !!str 7, provider: !!null ~}",
        "model: {default: m-2, provider: p-2}",
    ),
    "keys spelled the long way": (
        "? model\n: default: x\n",
        "? model\n: default: m-2\n  provider: p-2\n",
    ),
    "a value on the next line": (
        "model:\n  default: # why\n    'x\n\n     y'\n  provider: p-2\n",
        "model:\n  default: # why\n    'm-2'\n  provider: p-2\n",
    ),
    "not a number any more": ("x: .nan\n", f"x: .nan\n{ADDED}"),
    "itself": ("a: &a [*a]\n", f"a: &a [*a]\n{ADDED}"),
}

REMOVED = {
    "one of two": ("model:\n  default: x # mine\n  b: 1\n", "model:\n  # mine\n  b: 1\n"),
    "the only one": ("model:\n  default: x\n", "model:\n  {}\n"),
    "the last of the text": ("model:\n  b: 1\n  default: x", "model:\n  b: 1"),
    "in flow, first": ("model: {default: x, b: 1}", "model: {b: 1}"),
    "in flow, last": ("model: {b: 1, default: x,}", "model: {b: 1,}"),
    "in flow, only": ("model: {default: x,}", "model: {}"),
    "in flow, among comments": (
        "model: {\n  a: 1, # one\n  default: x, # two\n  b: 1 # three\n}\n",
        "model: {\n  a: 1, # one\n   # two\n  b: 1 # three\n}\n",
    ),
    "in flow, last, among comments": (
        "model: {\n  a: 1, # one\n  default: x # two\n  , # three\n}\n",
        "model: {\n  a: 1, # one\n   # two\n   # three\n}\n",
    ),
    "in flow, only, among comments": (
        "model: { # one\n  default: x # two\n}\n",
        "model: { # one\n   # two\n}\n",
    ),
    "from what is merged in without an anchor": (
        "a: &a {model: {default: x, b: 1}}\n<<: *a\n",
        "a: &a {model: {default: x, b: 1}}\n<<: *a\nmodel:\n  b: 1\n",
    ),
    "all of what is merged in without an anchor": (
        "a: &a {model: {default: x}}\n<<: *a\n",
        "a: &a {model: {default: x}}\n<<: *a\nmodel: {}\n",
    ),
    "from an anchor": (
        "a: &a {default: x}\nmodel: {<<: *a}\n",
        'a: &a {default: x}\nmodel: {<<: *a, default: ""}\n',
    ),
    "with an anchor": ("model: {default: &d x}\nb: *d\n", "model: {}\nb: &d x\n"),
    "with its own": ("model:\n  default:\n    a: 1 # mine\n  b: 2\n", "model:\n  # mine\n  b: 2\n"),
}

REFUSED = {
    "- a\n": 1,
    "a: 1\n---\nb: 1\n": 2,
    "a: 1\nmodel: [x]\n": 2,
    "a: 1\nmodel: 5\n": 2,
    "\tmodel: x\n": 1,
    "a: !mine x\n": 1,
    "a: 2026-13-45\n": 1,
    "model: *none\n": 1,
    "a: 1\nb: 'torn": 2,
    "a: &m [x]\nmodel: *m\n": 2,
    "[" * 200_000: 1,
    "a: \ud800": 1,
}


@pytest.mark.parametrize(("before", "after"), BEFORE_AND_AFTER.values(), ids=BEFORE_AND_AFTER)
@pytest.mark.parametrize("loader", [reading.LOADER, yaml.SafeLoader])
def test_set(
    before: str, after: str, loader: type[yaml.SafeLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two keys are set in the style of their place, with libyaml and without; twice is once."""
    monkeypatch.setattr(reading, "LOADER", loader)
    edited = edit(before, CHOICE).unwrap()
    assert edited.text == after
    assert edit(after, CHOICE) == Success(Edited(after, ()))


@pytest.mark.parametrize(("before", "after"), REMOVED.values(), ids=REMOVED)
def test_remove(before: str, after: str) -> None:
    """A key goes, its comments stay, and what an anchor still brings is hidden."""
    assert edit(before, {MODEL: None}).unwrap().text == after
    assert edit(after, {MODEL: None}) == Success(Edited(after, ()))


@pytest.mark.parametrize(("text", "line"), REFUSED.items(), ids=lambda value: repr(value)[:20])
def test_refuse(text: str, line: int) -> None:
    """What PyYAML does not read as one mapping, and what is in the way, is refused by its line."""
    refused = edit(text, CHOICE).failure()
    assert refused.line == line
    assert refused.reason


@pytest.mark.parametrize(
    "value",
    ["!S3CRET", "!S3CR'ET x", "!S3CRET!x y", "!<S3CRET> x", "*S3CRET", "!!int S3CRET"],
)
@pytest.mark.parametrize("loader", [reading.LOADER, yaml.SafeLoader])
def test_a_refusal_repeats_nothing_of_the_text(
    value: str, loader: type[yaml.SafeLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password that begins with `!` or `*` cannot be read, and is not told either."""
    monkeypatch.setattr(reading, "LOADER", loader)
    refused = edit(f"model:\n  api_key: {value}\n", CHOICE).failure()
    assert "S3CR" not in refused.reason


def test_what_is_in_the_way_is_not_repeated() -> None:
    """A value that is no text is called what it is, and its key is named."""
    refused = edit("model: !!binary c2VjcmV0\n", CHOICE).failure()
    assert refused.reason == "model holds a single value, which cannot be changed here"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\ufeffa: {b: 0x1F}\n1: c\n", {"a": {"b": 31}}),
        ("a: &a {b: c}\nd: {<<: *a}\n", {"a": {"b": "c"}, "d": {"b": "c"}}),
        ("", {}),
        ("- a\n", {}),
        ("word", {}),
    ],
)
def test_what_a_text_reads_as(text: str, read: object) -> None:
    """The mapping that PyYAML reads, without keys that are no text; of anything else, nothing."""
    assert mapping(text) == Success(read)


def test_what_cannot_be_read_is_refused_as_an_edit_of_it_is() -> None:
    """By the same line and reason."""
    for text in ("a: 1\n---\nb: 1\n", "a: !mine x\n", "a: 1\nb: 'torn", "[" * 200_000):
        assert mapping(text) == edit(text, CHOICE)


def test_comments_stay_where_all_keys_of_a_flow_mapping_are_replaced() -> None:
    """What is new stands before the comment of what went."""
    text = "model: {\n  base_url: x, # one\n  b: 1 # two\n}\n"
    edited = edit(text, {MODEL: "m-2", ("model", "base_url"): None, ("model", "b"): None}).unwrap()
    assert edited.text == "model: {\n  default: m-2 # one\n   # two\n}\n"


def test_changes_say_what_was_and_what_is() -> None:
    """A text that gives way to a mapping is listed as gone; a key that already holds is not."""
    changes = edit("model: m-1\nb: x\nc: {d: 1}\n", {MODEL: "m-2", ("b",): "x", ("c",): None})
    assert changes.unwrap().changes == (
        Change(("model",), "m-1", None),
        Change(MODEL, None, "m-2"),
        Change(("c",), "a mapping", None),
    )


@pytest.mark.parametrize("paths", [[("a",), ("a", "b")], [("a", "b"), ("a",)], [()]])
def test_settings_that_contradict_each_other_are_refused(paths: list[tuple[str, ...]]) -> None:
    """A key cannot hold a text and keys of its own."""
    assert edit("", dict.fromkeys(paths, "x")).failure() == Unwritable(
        1, f"{'.'.join(paths[-1])}: a setting leads on from another"
    )


def test_a_byte_order_mark_inside_the_text_is_refused() -> None:
    """PyYAML's two readers make different data of it, so nobody can say what Hermes reads."""
    refused = edit("a: 1\n\ufeffmodel:\n  default: x\n", CHOICE).failure()
    assert refused.line == 2
    assert "byte order mark" in refused.reason


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(alphabet=" -?:,[]{}#&*!|>'\"%@`\n\r\tab0\ufeff\x85\ud800")))
def test_any_text_is_answered(text: str) -> None:
    """No text raises: it is edited, or refused with a line."""
    match edit(text, CHOICE):
        case Failure(refused):
            assert refused.line >= 1
        case Success(edited):
            assert edit(edited.text, CHOICE) == Success(Edited(edited.text, ()))


@pytest.mark.skipif(not TORTURE.exists(), reason="the torture file is not part of the repository")
def test_a_torture_file_keeps_its_other_lines() -> None:
    """In a file as nasty as people make them, only the named lines differ."""
    text = TORTURE.read_bytes().decode()
    wanted = {**CHOICE, ("model", "base_url"): None, ("auxiliary", "compression", "model"): "m-3"}
    edited = edit(text, wanted).unwrap()
    old, new = text.splitlines(keepends=True), edited.text.splitlines(keepends=True)
    gone = [line.split(":")[0].strip() for line in old if line not in new]
    assert gone == ["default", "provider", "base_url", "model"]
    assert len(new) == len(old) - 1
