"""Which headers are kept, and what the values of all providers share."""

from collections.abc import Callable, Iterator, Mapping
from itertools import permutations, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bhoga_core.headers import (
    LONGEST_VALUE,
    MOST_KEPT,
    MOST_LOOKED_AT,
    count,
    distinct,
    fraction,
    length_name,
    plausible_reset,
    relevant,
    retry_after,
    used_of_counts,
)
from bhoga_core.window import Window

AT = 1_800_000_000.0  # 2027-01-15T08:00:00Z
DAY = 86400.0
KEPT = (("x-q-left", "12"), ("retry-after", "5"))


class Multi:
    """Like httpx.Headers: `items` joins what `multi_items` keeps apart."""

    def multi_items(self) -> list[tuple[str, str]]:
        """Every header as it came."""
        return [("X-Q-Left", "12"), ("x-q-left", "13"), ("Retry-After", "5")]

    def items(self) -> list[tuple[str, str]]:
        """The headers, joined."""
        return [("X-Q-Left", "12, 13"), ("Retry-After", "5")]


class Items:
    """Has `items` and nothing else."""

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """The headers as bytes."""
        yield b"X-Q-Left", b"12"
        yield b"RETRY-AFTER", b" 5 "


class Hostile:
    """Raises whatever it is asked."""

    def __str__(self) -> str:
        raise RuntimeError("str")

    def __iter__(self) -> Iterator[object]:
        raise RuntimeError("iter")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq")

    def __hash__(self) -> int:
        raise RuntimeError("hash")

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)


class Shouting(str):
    """A str whose own methods raise."""

    __slots__ = ()

    def lower(self) -> str:
        """Never."""
        raise RuntimeError("lower")

    def strip(self, chars: str | None = None, /) -> str:
        """Never."""
        raise RuntimeError(chars)


@pytest.mark.parametrize(
    "raw",
    [
        {"X-Q-Left": " 12 ", "Content-Type": "text/plain", "Retry-After": "5"},
        [("X-Q-LEFT", "12"), ("Retry-After", b"5"), ("retry-after", "6")],
        [[b"x-q-left", b"12"], [b"Retry-After", "5"]],
        Multi(),
        Items(),
        iter([("x-q-left", Shouting("12")), (Shouting("Retry-After"), "5")]),
    ],
    ids=["mapping", "pairs", "lists", "httpx", "items", "iterator"],
)
def test_headers_are_read_from_whatever_clients_hand_over(raw: object) -> None:
    """Mappings, pairs and objects with items, in any case, str or bytes, give the same."""
    assert relevant(raw, ("x-q-",)) == (KEPT, 0)
    assert all(type(text) is str for pair in relevant(raw, ("x-q-",)).pairs for text in pair)


def test_nothing_is_no_headers() -> None:
    """None stands for a turn whose headers are not known, which is nothing unreadable."""
    assert relevant(None, ("x-",)) == ((), 0)
    assert relevant({}, ()) == ((), 0)


def test_only_rate_limit_headers_are_kept() -> None:
    """What is no rate-limit header, such as a credential, is neither kept nor counted."""
    raw = {"Authorization": "Bearer secret", "Set-Cookie": "a=b", "Date": "now"}
    assert relevant(raw, ("x-q-",)) == ((("date", "now"),), 0)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        ("x-q-a",),
        ("x-q-a", 1, 2),
        ("x-q-a", 7),
        ("x-q-a", None),
        (3, "4"),
        pytest.param(Hostile(), id="hostile"),
        ("x-q-a", Hostile()),
        (Hostile(), "1"),
        ("x-q-a", "1" * (LONGEST_VALUE + 1)),
        ("x-q-" + "a" * LONGEST_VALUE, "1"),
        ("x-q-a", bytearray(b"1")),
    ],
)
def test_an_unreadable_pair_is_counted_and_the_rest_is_read(bad: object) -> None:
    """One bad pair costs itself alone."""
    assert relevant([("x-q-left", "12"), bad, ("Retry-After", "5")], ("x-q-",)) == (KEPT, 1)


@pytest.mark.parametrize(
    "raw", [7, pytest.param(Hostile(), id="hostile"), object(), {"x-q-a": 1}.items]
)
def test_what_holds_no_headers_is_counted_once(raw: object) -> None:
    """Something that cannot be gone through is one unreadable thing."""
    assert relevant(raw, ("x-q-",)) == ((), 1)


def test_what_came_before_an_iterator_broke_is_kept() -> None:
    """An iterator that raises costs only what it had not yet given."""

    def breaking() -> Iterator[tuple[str, str]]:
        yield from KEPT
        raise OSError("gone")

    assert relevant(breaking(), ("x-q-",)) == (KEPT, 1)


def test_a_flood_of_headers_is_cut_off() -> None:
    """So many headers are looked at, so many kept; that there were more is counted."""
    endless = relevant(repeat(("x-other", "1")), ("x-q-",))
    assert endless == ((), 1)
    many = relevant([(f"x-q-{n}", str(n)) for n in range(MOST_LOOKED_AT)], ("x-q-",))
    assert [name for name, _ in many.pairs] == [f"x-q-{n}" for n in range(MOST_KEPT)]
    assert many.ignored == 1
    assert relevant([("x", "1")] * MOST_LOOKED_AT, ("x-q-",)).ignored == 0


@given(
    st.one_of(
        st.dictionaries(
            st.one_of(st.text(), st.binary(), st.integers()),
            st.one_of(st.none(), st.text(), st.binary(), st.floats()),
        ),
        st.lists(st.one_of(st.none(), st.text(), st.tuples(st.text(), st.text()))),
        st.recursive(st.none() | st.integers() | st.text(), st.lists),
    )
)
@settings(deadline=None)
def test_relevant_is_total(raw: object) -> None:
    """Whatever it is handed, it answers distinct lower-case names that were asked for."""
    pairs = relevant(raw, ("x", "a")).pairs
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and name[0] in "xadr" for name in names)
    assert all(value == value.strip() for _, value in pairs)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "40000"}, 40000.0),
        ({"retry-after-ms": "2500"}, 2.5),
        ({"retry-after-ms": "2500", "retry-after": "9"}, 2.5),
        ({"retry-after-ms": "0", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Fri, 15 Jan 2027 09:00:00 GMT"}, 3600.0),
        ({"retry-after": "Fri, 15 Jan 2027 09:00:00 GMT", "date": "soon"}, 3600.0),
    ],
)
def test_retry_after_is_read_in_every_form(headers: Mapping[str, str], wait: float) -> None:
    """Seconds, milliseconds and HTTP dates give the instant until which to wait."""
    assert retry_after(headers, AT) == AT + wait


def test_a_date_is_measured_against_the_servers_own() -> None:
    """A local clock that is wrong by a day does not change how long to wait."""
    headers = {
        "retry-after": "Fri, 15 Jan 2027 08:02:00 GMT",
        "date": "Fri, 15 Jan 2027 08:00:00 GMT",
    }
    assert retry_after(headers, AT - DAY) == AT - DAY + 120.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-5",
        "soon",
        "nan",
        "1e12",
        "Fri, 15 Jan 2027 07:00:00 GMT",
        "Sat, 15 Jan 2028 08:00:00 GMT",
        str(33 * 86400),
    ],
)
def test_a_wait_that_is_none_or_endless_is_not_stated(text: str) -> None:
    """Zero, the past and more than a month are no time to wait."""
    assert retry_after({"retry-after": text}, AT) is None
    assert retry_after({}, AT) is None


def test_an_implausible_reset_is_dropped() -> None:
    """A month away is believed, more is hostile or another unit."""
    for near in (AT, AT + 31 * DAY, AT - 31 * DAY):
        assert plausible_reset(near, AT) == near
    for value in (None, AT * 1000.0, AT + 33 * DAY, AT - 33 * DAY, 0.0, float("nan")):
        assert plausible_reset(value, AT) is None


def test_a_fraction_is_clamped_rounded_and_never_minus_zero() -> None:
    """Overuse is kept, absurd overuse is ten, and what no provider means is nothing."""
    assert fraction(0.1 + 0.2) == 0.3
    assert str(fraction(-0.0)) == str(fraction(-3.0)) == "0.0"
    assert (fraction(1.05), fraction(63.0)) == (1.05, 10.0)
    assert [fraction(value) for value in (1e7, -1e7, float("inf"), float("nan"))] == [None] * 4


def test_a_count_is_not_enormous() -> None:
    """A count that a float cannot hold to the unit is none."""
    assert (count("12"), count("-1"), count("1e16"), count("many")) == (12.0, -1.0, None, None)


def test_counts_say_what_is_used() -> None:
    """Nothing left is spent whatever the limit; without a limit nothing else is known."""
    assert used_of_counts(40.0, 10.0) == 0.75
    assert used_of_counts(40.0, 50.0) == used_of_counts(1e-9, 1e9) == 0.0
    assert used_of_counts(None, 0.0) == used_of_counts(0.0, 0.0) == 1.0
    assert used_of_counts(None, 5.0) is None
    assert used_of_counts(0.0, 5.0) is None


@pytest.mark.parametrize(
    ("length", "name"),
    [
        (5 * 3600.0, "burst"),
        (7 * DAY, "weekly"),
        (28 * DAY, "monthly"),
        (31 * DAY, "monthly"),
        (27 * DAY, "27d"),
        (32 * DAY, "32d"),
        (7200.0, "2h"),
        (5400.0, "90m"),
        (45.2, "45s"),
    ],
)
def test_an_allowance_is_called_by_its_length(length: float, name: str) -> None:
    """The seed's names where it has one, else the length."""
    assert length_name(length) == name


def _window(name: str, used: float, resets_at: float | None = None) -> Window:
    return Window(name, used, AT, "headers", resets_at=resets_at)


def test_of_two_windows_of_one_name_the_fuller_counts() -> None:
    """The order in which a response says things makes no difference."""
    windows = (
        _window("weekly", 0.2),
        _window("weekly", 0.4, resets_at=AT + 5.0),
        _window("weekly", 0.4, resets_at=AT + 9.0),
        _window("burst", 0.1),
    )
    expected = (windows[3], windows[2])
    assert all(distinct(order) == expected for order in permutations(windows))


@pytest.mark.parametrize("parse", [lambda text: retry_after({"retry-after": text}, AT), count])
@given(text=st.text())
@settings(deadline=None)
def test_value_readers_are_total(parse: Callable[[str], float | None], text: str) -> None:
    """Whatever the text, the answer is a float or None."""
    assert isinstance(parse(text), float | None)
