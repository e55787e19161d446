"""Codex's headers."""

import pytest

from bhoga_core.naming import scope_token
from bhoga_core.providers.openai_codex.headers import read_headers
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

AT = 1_800_000_000.0
SOON, LATER = AT + 4000.0, AT + 200_000.0


def slot(slot: str, used: str, minutes: str, reset: str = "", after: str = "") -> dict[str, str]:
    """The headers of one slot; `slot` may begin with a family's name."""
    return {
        f"x-codex-{slot}-used-percent": used,
        f"x-codex-{slot}-window-minutes": minutes,
        f"x-codex-{slot}-reset-at": reset,
        f"x-codex-{slot}-reset-after-seconds": after,
    }


def found(headers: dict[str, str]) -> list[tuple[str, str, float, float | None]]:
    """Name, scope, fraction used and reset of every window in `headers`."""
    windows = read_headers(headers, AT).windows
    return [(window.name, window.scope, window.used, window.resets_at) for window in windows]


def test_percent_minutes_and_resets_are_read() -> None:
    """Percent becomes a fraction, minutes a length and a name; the plan is kept."""
    headers = slot("primary", "37.5", "300", str(int(SOON)), "4000")
    headers |= slot("secondary", "61", "10080", str(int(LATER)), "200000")
    headers |= {
        "x-codex-plan-type": "plus",
        "x-codex-active-limit": "codex",
        "x-codex-primary-over-secondary-limit-percent": "0",
        "x-codex-credits-has-credits": "False",
        "x-codex-credits-balance": "",
    }
    reading = read_headers(headers, AT)
    assert reading.windows == (
        Window("burst", 0.375, AT, "headers", length=18000.0, resets_at=SOON),
        Window("weekly", 0.61, AT, "headers", length=604800.0, resets_at=LATER),
    )
    assert (reading.plan, reading.ignored) == ("plus", 0)


@pytest.mark.parametrize(
    ("minutes", "name", "length"),
    [
        ("300", "burst", 18000.0),
        ("10080", "weekly", 604800.0),
        ("40320", "monthly", 28 * 86400.0),
        ("44640", "monthly", 31 * 86400.0),
        ("120", "2h", 7200.0),
        ("4320", "3d", 259200.0),
        ("90", "90m", 5400.0),
    ],
)
@pytest.mark.parametrize("place", ["primary", "secondary"])
def test_a_window_is_told_by_its_minutes_not_its_slot(
    place: str, minutes: str, name: str, length: float
) -> None:
    """The week may stand in the first slot."""
    (window,) = read_headers(slot(place, "5", minutes), AT).windows
    assert (window.name, window.length) == (name, length)


@pytest.mark.parametrize("minutes", ["0", ""])
def test_an_empty_slot_is_absent(minutes: str) -> None:
    """Zeros and blanks are how "there is no second window" is written."""
    headers = slot("primary", "20", "10080") | slot("secondary", "0", minutes, "", "0")
    assert found(headers) == [("weekly", EVERY_MODEL, 0.2, None)]
    assert read_headers(headers, AT).ignored == 0


@pytest.mark.parametrize(("used", "reset"), [("7", ""), ("0", str(int(SOON)))])
def test_a_slot_of_no_known_length_keeps_its_slots_name(used: str, reset: str) -> None:
    """Something is limited there, though nobody says over which time."""
    (window,) = read_headers(slot("secondary", used, "0", reset), AT).windows
    assert (window.name, window.length) == ("secondary", None)


def test_an_empty_reset_is_counted_from_now() -> None:
    """`reset-after-seconds` stands in where there is no instant."""
    assert found(slot("primary", "9", "300", "", "600")) == [
        ("burst", EVERY_MODEL, 0.09, AT + 600.0)
    ]
    assert found(slot("primary", "9", "300", "", "0")) == [("burst", EVERY_MODEL, 0.09, None)]


def test_a_family_is_scoped_to_the_model_it_names() -> None:
    """Other limit ids are kept apart from the plan's own."""
    headers = slot("primary", "20", "10080") | slot("newlimit-primary", "90", "10080")
    named = headers | {"x-codex-newlimit-limit-name": "GPT-6-Codex-Nova"}
    assert found(named) == [
        ("weekly", EVERY_MODEL, 0.2, None),
        ("weekly", scope_token("gpt-6-codex-nova"), 0.9, None),
    ]


@pytest.mark.parametrize(
    ("family", "name", "scope"),
    [
        ("bengalfox", "", "gpt-5.3-codex-spark"),
        ("some-thing", "", "codex_some_thing"),
        ("some-thing", "*", "codex_some_thing"),
        ("some-thing", "n" * 65, "codex_some_thing"),
        ("some-thing", "Ünknown", "codex_some_thing"),
    ],
)
def test_a_family_without_a_usable_name_is_known_or_its_id(
    family: str, name: str, scope: str
) -> None:
    """An id is no model's name: such a limit is shown, and blocks nothing."""
    headers = slot(f"{family}-secondary", "40", "300") | {f"x-codex-{family}-limit-name": name}
    assert found(headers) == [("burst", scope, 0.4, None)]


def test_two_slots_of_one_length_are_one_window() -> None:
    """The fuller of the two stands, whatever the order of the headers."""
    one, other = slot("primary", "30", "300"), slot("secondary", "70", "300")
    assert found(one | other) == found(other | one) == [("burst", EVERY_MODEL, 0.7, None)]


@pytest.mark.parametrize(
    ("has", "unlimited", "balance", "expected"),
    [
        ("True", "False", "12.50", [(0.0, 12.5)]),
        ("True", "False", "0", [(1.0, 0.0)]),
        ("True", "False", "0E-10", [(1.0, 0.0)]),
        ("True", "True", "", [(0.0, None)]),
        ("true", "true", "0", [(0.0, 0.0)]),
        ("True", "False", "", []),
        ("False", "False", "12.50", []),
        ("", "True", "12.50", []),
    ],
)
def test_credits_are_extra_and_only_where_there_are_any(
    has: str, unlimited: str, balance: str, expected: list[tuple[float, float | None]]
) -> None:
    """Booleans are Python's; a balance that is not said is not made up."""
    headers = {
        "x-codex-credits-has-credits": has,
        "x-codex-credits-unlimited": unlimited,
        "x-codex-credits-balance": balance,
    }
    windows = read_headers(headers, AT).windows
    assert [(window.used, window.remaining) for window in windows] == expected
    assert all(window.kind is WindowKind.EXTRA and window.name == "credits" for window in windows)


@pytest.mark.parametrize(
    ("headers", "windows", "ignored"),
    [
        (slot("primary", "most", "300"), 0, 1),
        (slot("primary", "1e12", "300"), 0, 1),
        (slot("primary", "50", "some"), 1, 1),
        (slot("primary", "50", "-300"), 1, 1),
        (slot("primary", "50", "1e9"), 1, 1),
        (slot("primary", "50", "300", str(int(SOON * 1000)), "600"), 1, 1),
        (slot("primary", "50", "300", "soon", "1e9"), 1, 2),
        (slot("primary", "", "300", str(int(SOON))), 0, 0),
        ({"x-codex-credits-has-credits": "True", "x-codex-credits-balance": "much"}, 0, 1),
    ],
)
def test_what_cannot_be_read_is_counted(
    headers: dict[str, str], windows: int, ignored: int
) -> None:
    """A bad percentage costs the window, everything else only itself."""
    reading = read_headers(headers, AT)
    assert (len(reading.windows), reading.ignored) == (windows, ignored)


@pytest.mark.parametrize("plan", ["", "p" * 65, "pl\x1ban", "plän"])
def test_a_plan_that_is_no_word_is_unknown(plan: str) -> None:
    """What could not stand on a screen is not kept."""
    assert read_headers({"x-codex-plan-type": plan}, AT).plan is None
