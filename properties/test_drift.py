"""What drift makes of a payload: each change on its own, told by where it is."""

import json

import pytest

from bhoga_properties.drift import Kind, drifts


def variants(payload: str, kind: Kind) -> dict[str, str]:
    """The variants of one kind, by what each says of itself."""
    return {str(it): it.payload.decode() for it in drifts(payload.encode()) if it.kind is kind}


def test_a_member_is_renamed_dropped_nulled_and_retyped() -> None:
    """Each change is made on its own, and the rest stays as it was and where it was."""
    payload = '{"used_up": 1, "plan": "pro"}'
    assert variants(payload, Kind.RENAMED) == {
        "used_up renamed (usedUp)": '{"usedUp": 1, "plan": "pro"}\n',
        "used_up renamed (used_up_v2)": '{"used_up_v2": 1, "plan": "pro"}\n',
        "plan renamed (plan_v2)": '{"used_up": 1, "plan_v2": "pro"}\n',
    }
    assert variants(payload, Kind.DROPPED) == {
        "used_up dropped": '{"plan": "pro"}\n',
        "plan dropped": '{"used_up": 1}\n',
    }
    assert variants(payload, Kind.NULLED)["used_up nulled"] == '{"used_up": null, "plan": "pro"}\n'
    assert variants(payload, Kind.RETYPED) == {
        "used_up of another type (str)": '{"used_up": "1", "plan": "pro"}\n',
        "used_up of another type (bool)": '{"used_up": true, "plan": "pro"}\n',
        "used_up of another type (list)": '{"used_up": [1], "plan": "pro"}\n',
        "used_up of another type (dict)": ('{"used_up": {"bhoga_unknown": 1}, "plan": "pro"}\n'),
        "plan of another type (int)": '{"used_up": 1, "plan": 7}\n',
        "plan of another type (bool)": '{"used_up": 1, "plan": false}\n',
        "plan of another type (list)": '{"used_up": 1, "plan": ["pro"]}\n',
        "plan of another type (dict)": ('{"used_up": 1, "plan": {"bhoga_unknown": "pro"}}\n'),
    }
    assert variants(payload, Kind.VALUE) == {
        "plan of a value that is not known": '{"used_up": 1, "plan": "bhoga_unknown"}\n'
    }


def test_a_member_moves_to_every_other_object() -> None:
    """Out of its object, into one of its own, and into those that stand elsewhere."""
    moved = variants('{"a": {"x": 1}, "b": [{"y": 2}]}', Kind.MOVED)
    assert moved["a.x moved (into the whole)"] == '{"x": 1, "a": {}, "b": [{"y": 2}]}\n'
    assert moved["a.x moved (into b[0])"] == '{"a": {}, "b": [{"x": 1, "y": 2}]}\n'
    own = moved["a.x moved (into an object of its own)"]
    assert own == '{"a": {"bhoga_unknown": {"x": 1}}, "b": [{"y": 2}]}\n'


def test_what_is_not_known_stands_in_every_container() -> None:
    """Objects are given a member and lists an item; what was there stays."""
    beside = [json.loads(it) for it in variants('{"a": [{"x": 1}]}', Kind.SIBLING).values()]
    assert {"bhoga_unknown": 1, "a": [{"x": 1}]} in beside
    assert {"a": [{"x": 1}, {"bhoga_unknown": 1}]} in beside
    assert {"a": [{"bhoga_unknown": None, "x": 1}]} in beside


def test_lines_of_json_change_alike() -> None:
    """A program writes all its lines in the new form; a line that is no JSON stays."""
    dropped = variants('{"a": 1, "b": 2}\nready\n{"a": 3}\n', Kind.DROPPED)
    assert dropped == {
        "a dropped": '{"b": 2}\nready\n{}\n',
        "b dropped": '{"a": 1}\nready\n{"a": 3}\n',
    }


def test_a_text_changes_line_by_line() -> None:
    """A line goes, moves or gets a neighbour; a word has another name, a number is none."""
    text = "Week: 12% used\nEnd\n"
    assert variants(text, Kind.DROPPED) == {
        "line 1 dropped (Week: 12% used)": "End\n",
        "line 2 dropped (End)": "Week: 12% used\n",
    }
    assert variants(text, Kind.NULLED) == {"line 1 nulled (12)": "Week: --% used\nEnd\n"}
    assert variants(text, Kind.RETYPED) == {
        "line 1 of another type (12)": "Week: several% used\nEnd\n"
    }
    assert variants(text, Kind.MOVED) == {"line 1 moved (below the next)": "End\nWeek: 12% used\n"}
    assert variants(text, Kind.RENAMED)["line 1 renamed (Week)"] == "something: 12% used\nEnd\n"


def test_no_variant_is_made_twice_or_is_the_payload_itself() -> None:
    """Every variant has changed something, and says so in words of its own."""
    payload = '{"a": {"percentLeft": 1.5, "on": true}, "limits": [{"kind": "week"}, null]}'
    made = list(drifts(payload.encode()))
    assert len({str(it) for it in made}) == len(made)
    assert payload not in [it.payload.decode().strip() for it in made]


def test_what_is_no_text_is_refused() -> None:
    """Bytes that nobody can read cannot drift."""
    with pytest.raises(UnicodeDecodeError):
        list(drifts(b"\xff"))
