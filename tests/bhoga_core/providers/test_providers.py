"""The tuple of providers, and what every provider's parsers and sources must hold."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import get_args, get_type_hints
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.doorway import AtFirstCall
from bhoga_core.headers import relevant
from bhoga_core.notation import number, rfc3339
from bhoga_core.probe import (
    Exchange,
    HttpGet,
    Login,
    LoginFile,
    Place,
    ReadFile,
    RunCommand,
    Source,
)
from bhoga_core.provider import Billing, Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.reading import Answer, Answered, Declined, Malformed, Reading
from bhoga_core.window import HEADERS

AT = 1_800_000_000.0
BY_ID = {provider.id: provider for provider in PROVIDERS}
WIRE = Path(__file__).parents[3].parent / "shared" / "wire"
SAMPLES = {
    "anthropic_api_headers": "anthropic_api",
    "anthropic_unified_headers": "claude_code",
    "azure_openai": "openai_api",
    "openai_headers": "openai_api",
    "codex_headers": "openai-codex",
    "copilot_headers": "github-copilot",
    "copilot_error": "github-copilot",
}
VALID = {
    "anthropic_api": {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "40",
        "anthropic-ratelimit-requests-reset": "2027-01-15T08:00:12Z",
        "anthropic-priority-input-tokens-limit": "9000",
        "anthropic-priority-input-tokens-remaining": "1000",
    },
    "claude_code": {
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": "1800007200",
        "anthropic-ratelimit-unified-utilization": "0.7",
        "anthropic-ratelimit-unified-representative-claim": "five_hour",
        "anthropic-ratelimit-unified-7d_oi-status": "allowed",
        "anthropic-ratelimit-unified-7d_oi-utilization": "0.35",
        "anthropic-ratelimit-unified-7d-utilization": "0.25",
        "anthropic-ratelimit-unified-7d-reset": "1800300000",
        "anthropic-ratelimit-unified-overage-utilization": "1.2",
    },
    "github-copilot": {
        "x-quota-snapshot-premium_interactions": "ent=400&ov=0.0&rem=62.5&totRem=250.0",
        "x-quota-snapshot-chat": "ent=-1&rem=100",
        "x-usage-ratelimit-weekly": "ent=0&rem=12.5&rst=2027-01-18T00%3A00%3A00Z",
    },
    "openai-codex": {
        "x-codex-primary-used-percent": "37.5",
        "x-codex-primary-window-minutes": "300",
        "x-codex-primary-reset-after-seconds": "600",
        "x-codex-nova-secondary-used-percent": "12",
        "x-codex-nova-secondary-window-minutes": "10080",
        "x-codex-nova-limit-name": "GPT-6-Nova",
        "x-codex-credits-has-credits": "True",
        "x-codex-credits-balance": "12.5",
        "x-codex-plan-type": "plus",
    },
    "openai_api": {
        "x-ratelimit-limit-tokens": "40000",
        "x-ratelimit-remaining-tokens": "10000",
        "x-ratelimit-reset-tokens": "2m5.5s",
    },
}
NASTY = st.one_of(
    st.text(max_size=12),
    st.text("0123456789+-.eE_%&=:TZhms ", max_size=24),
    st.sampled_from(["", "-1", "0", "-0.0", "1e15", "1e300", "nan", "inf", "5e-324", "9" * 60])
    | st.sampled_from(["ent=1e-300&rem=1e300&ov=1e300", "True", "rejected", "*", "\ud800", "\x00"]),
)


def assert_lawful(reading: Reading) -> None:
    """What holds of every reading: finite, not negative, sorted, no window twice."""
    keys = [(window.name, window.scope) for window in reading.windows]
    assert keys == sorted(set(keys))
    assert reading.ignored >= 0
    for window in reading.windows:
        facts = (window.used, window.resets_at, window.length, window.limit, window.remaining)
        assert all(isfinite(fact) for fact in facts if fact is not None)
        assert 0.0 <= window.used <= 10.0
        assert repr(window.used) != "-0.0"
        assert window.resets_at is None or abs(window.resets_at - AT) <= 32 * 86400.0
        assert (window.observed_at, window.source, window.expires_at) == (AT, HEADERS, None)
        assert window.name
        assert window.scope


def test_the_providers_are_the_five_sorted_by_id() -> None:
    """The ids are the seed's and are never given twice."""
    assert list(BY_ID) == sorted(BY_ID)
    assert list(BY_ID) == [provider.id for provider in PROVIDERS]
    assert set(BY_ID) == set(VALID)


def test_priorities_are_the_seeds_hierarchies() -> None:
    """In each family the places are 1 to n, and GitHub Copilot is third."""
    served = [
        (family, place, provider.id)
        for provider in PROVIDERS
        for family, place in provider.priorities.items()
    ]
    hierarchies = {
        family: [pid for _, _, pid in places]
        for family, places in groupby(sorted(served), key=lambda each: each[0])
    }
    assert hierarchies == {
        "anthropic": ["claude_code", "anthropic_api", "github-copilot"],
        "openai": ["openai-codex", "openai_api", "github-copilot"],
    }
    assert sorted(place for _, place, _ in served) == [1, 1, 2, 2, 3, 3]


def test_the_facts_that_routing_rests_on() -> None:
    """How each is paid for, which windows can be set, and whose limits are one model's."""
    billing = {pid: provider.billing for pid, provider in BY_ID.items()}
    assert billing == {
        "anthropic_api": Billing.METERED,
        "claude_code": Billing.PLAN,
        "github-copilot": Billing.CREDITS,
        "openai-codex": Billing.PLAN,
        "openai_api": Billing.METERED,
    }
    windowed = {pid for pid, provider in BY_ID.items() if len(provider.settable) == 2}
    assert windowed == {pid for pid, paid in billing.items() if paid is Billing.PLAN}
    each = {pid for pid, provider in BY_ID.items() if provider.limits_each_model}
    assert each == {pid for pid, paid in billing.items() if paid is Billing.METERED}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_a_provider_is_complete(provider: Provider) -> None:
    """Header prefixes are lower case, a login can be seen, and facts cannot be changed."""
    assert provider.header_prefixes
    assert all(prefix == prefix.lower() for prefix in provider.header_prefixes)
    login = provider.credentials
    assert login.environment or login.commands or login.files
    assert not hasattr(provider.priorities, "__setitem__")


def functions(provider: Provider) -> Iterator[tuple[object, object]]:
    """Every function that a provider's data names, and the kind of function it has to be."""
    yield provider.read_headers, get_type_hints(Provider)["read_headers"]
    if provider.observe is not None:
        yield provider.observe, get_args(get_type_hints(Provider)["observe"])[0]
    for source in provider.sources:
        yield source.parse, get_type_hints(Source)["parse"]
        match source.probe:
            case HttpGet(login=LoginFile(read=read)):
                yield read, get_type_hints(LoginFile)["read"]
            case RunCommand(dialogue=dialogue):
                for exchange in dialogue:
                    yield exchange.answered, get_type_hints(Exchange)["answered"]
            case _:
                pass


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_every_function_is_there_and_of_the_right_kind(provider: Provider) -> None:
    """What is loaded at its first call takes and answers what its place in the data says."""
    for named, kind in functions(provider):
        assert isinstance(named, AtFirstCall)
        *takes, answers = [hint for _, hint in get_type_hints(named.function).items()]
        assert [takes, answers] == [*get_args(kind)], named


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_the_prefixes_keep_what_the_parser_reads(provider: Provider) -> None:
    """Every header of a full response survives the filter, and all of it is read."""
    raw = {name.title(): text for name, text in VALID[provider.id].items()}
    kept = relevant(raw, provider.header_prefixes)
    assert dict(kept.pairs) == VALID[provider.id]
    reading = provider.read_headers(dict(kept.pairs), AT)
    assert reading.windows
    assert reading.ignored == kept.ignored == 0
    assert_lawful(reading)
    assert provider.read_headers({}, AT) == Reading()


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
@given(data=st.data())
@settings(deadline=None)
def test_a_parser_is_total(provider: Provider, data: st.DataObject) -> None:
    """Whatever the headers, nothing raises and what is read is lawful."""
    known = st.sampled_from([name.encode() for name in VALID[provider.id]]).map(bytes.decode)
    near = st.tuples(st.sampled_from(provider.header_prefixes), st.text(max_size=24)).map("".join)
    names = st.one_of(known, near, st.text(max_size=12))
    headers = data.draw(st.dictionaries(names, NASTY, max_size=12))
    assert_lawful(provider.read_headers(headers, AT))


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
@given(data=st.data())
@settings(deadline=None)
def test_damage_to_one_header_is_survived(provider: Provider, data: st.DataObject) -> None:
    """A valid response with some values replaced or gone still reads lawfully, in any order."""
    headers: dict[str, str] = dict(VALID[provider.id])
    for name in data.draw(st.lists(st.sampled_from(sorted(headers)), max_size=4, unique=True)):
        text = data.draw(st.none() | NASTY)
        if text is None:
            del headers[name]
        else:
            headers[name] = text
    reading = provider.read_headers(headers, AT)
    assert_lawful(reading)
    shuffled = {name: headers[name] for name in data.draw(st.permutations(sorted(headers)))}
    assert provider.read_headers(shuffled, AT) == reading


def expected_uses(pid: str, headers: Mapping[str, str]) -> list[float]:
    """The fractions used that a sample states, worked out without the parsers, sorted."""
    uses: list[float] = []
    for name, text in headers.items():
        stem, _, field = name.rpartition("-")
        if pid == "claude_code" and field == "utilization" and not stem.endswith("unified"):
            rejected = headers.get(f"{stem}-status") == "rejected" and "overage" not in stem
            uses.append(max(float(text), float(rejected)))
        elif pid == "claude_code" and field == "utilization":
            uses.append(float(text))
        elif pid == "anthropic_api" and field == "remaining":
            uses.append(1.0 - int(text) / int(headers[f"{stem}-limit"]))
        elif pid == "openai_api" and "-remaining-" in name and int(text) >= 0:
            uses.append(1.0 - int(text) / int(headers[name.replace("-remaining-", "-limit-")]))
        elif pid == "openai-codex" and name.endswith("-used-percent"):
            minutes = headers.get(name.replace("used-percent", "window-minutes"), "0")
            uses += [float(text) / 100.0] if minutes != "0" else []
        elif pid == "github-copilot" and name.startswith(("x-quota", "x-usage")):
            fields = {key: values[0] for key, values in parse_qs(text).items()}
            over = float(fields["ov"]) / float(fields["ent"]) if float(fields["ov"]) else 0.0
            uses.append(1.0 - float(fields["rem"]) / 100.0 + over)
    return sorted(uses)


def instant_of(headers: Mapping[str, str]) -> float:
    """An instant at which the resets of a sample are plausible: the earliest of them."""
    fields = [(name, part) for name, text in headers.items() for part in text.split("&")]
    numbers = [number(text) or 0.0 for name, text in fields if name.endswith(("reset", "reset-at"))]
    encoded = [rfc3339(text.removeprefix("rst=").replace("%3A", ":")) or 0.0 for _, text in fields]
    return min((value for value in numbers + encoded if value > 1e9), default=AT)


@pytest.mark.skipif(not WIRE.is_dir(), reason="the captured samples are not beside this checkout")
@pytest.mark.parametrize(("stem", "pid"), SAMPLES.items())
def test_captured_headers_are_read(stem: str, pid: str) -> None:
    """Every captured response gives the windows it states, and nothing in it is unreadable."""
    paths = sorted(WIRE.glob(f"{stem}*.txt"))
    assert paths
    for path in paths:
        lines = path.read_text(encoding="utf-8").split("\n\n")[0].splitlines()[1:]
        pairs = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        kept = relevant(pairs, BY_ID[pid].header_prefixes)
        headers = dict(kept.pairs)
        at = instant_of(headers)
        reading = BY_ID[pid].read_headers(headers, at)
        uses = [window.used for window in reading.windows]
        assert sorted(uses) == pytest.approx(expected_uses(pid, headers), abs=1e-9), path.name
        assert reading.ignored == kept.ignored == 0, path.name


SOURCES = [(provider, source) for provider in PROVIDERS for source in provider.sources]
EACH_SOURCE = pytest.mark.parametrize(
    ("provider", "source"), SOURCES, ids=[source.name for _, source in SOURCES]
)
PAYLOADS = Path(__file__).parent / "payloads"
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
JSON_TEXT = st.recursive(
    st.sampled_from(["null", "true", "0", "-1", "1e400", "100", "NaN", '""', '"2027-02-01"']),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.dictionaries(
            st.sampled_from(["limits", "percent", "result", "x"]), inner, max_size=3
        ).map(lambda fields: "{" + ",".join(f'"{name}":{it}' for name, it in fields.items()) + "}"),
    ),
    max_leaves=8,
).map(str.encode)
ANY_BYTES = st.binary(max_size=64) | st.text(max_size=64).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


def zones(name: str) -> tzinfo | None:
    """A resolver that knows one zone."""
    return UTC if name in ("", "UTC") else None


def recorded(provider: Provider) -> Iterator[bytes]:
    """The recorded answers of all sources of a provider."""
    for path in sorted((PAYLOADS / provider.id.replace("-", "_")).glob("*")):
        yield path.read_bytes()


def assert_answer(source: Source, answer: Answer) -> None:
    """What holds of every answer: windows of this source, finite, none twice, or a reason."""
    match answer:
        case Success(Reading(windows=windows, ignored=ignored)):
            assert windows
            assert ignored >= 0
            assert len({(each.name, each.scope) for each in windows}) == len(windows)
            for each in windows:
                facts = (each.used, each.resets_at, each.length, each.limit, each.remaining)
                assert all(isfinite(fact) for fact in facts if fact is not None)
                assert 0.0 <= each.used <= 10.0
                assert each.name
                assert each.scope
                assert each.source == source.name
                assert each.observed_at <= AT
                assert each.expires_at is None
        case Failure(Malformed(reason=reason)) | Failure(Declined(reason=reason)):
            assert reason
        case _:
            raise AssertionError(answer)


def places(provider: Provider) -> Iterator[Place]:
    """Every file that a provider's data names."""
    for source in provider.sources:
        match source.probe:
            case ReadFile(place=place) | HttpGet(login=LoginFile(place=place)):
                yield place
            case _:
                pass
        if source.dated_by is not None:
            yield source.dated_by.place
    if provider.account is not None:
        yield provider.account.place


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_sources_are_told_apart_by_name(provider: Provider) -> None:
    """A source's name is what its windows and records are kept under."""
    names = [source.name for source in provider.sources]
    assert len(set(names)) == len(names)
    assert all(name.strip() == name != HEADERS and name.isprintable() for name in names)
    assert all(pitfall.variable and pitfall.warning for pitfall in provider.pitfalls)


REQUESTS = [one.probe for _, one in SOURCES if isinstance(one.probe, HttpGet)]
COMMANDS = [(provider, one.probe) for provider, one in SOURCES if isinstance(one.probe, RunCommand)]


@pytest.mark.parametrize("asked", REQUESTS, ids=lambda probe: probe.url)
def test_a_request_is_safe_to_send(asked: HttpGet) -> None:
    """An https address of its own, lower-case headers, and a variable of bhoga's to move it."""
    url = urlsplit(asked.url)
    assert url.scheme == "https"
    assert url.netloc == url.hostname
    assert (url.query, url.fragment) == ("", "")
    names = [name for name, _ in asked.headers]
    assert names == [name.lower() for name in dict(asked.headers)]
    assert not {"authorization", "user-agent", "accept-encoding"} & {*names}
    assert all(text.isprintable() and text.isascii() for pair in asked.headers for text in pair)
    assert VARIABLE.fullmatch(asked.endpoint_variable)
    assert asked.endpoint_variable.startswith("BHOGA_")
    assert asked.scheme.isalpha()
    assert 0.0 < asked.timeout <= 10.0
    assert [other.endpoint_variable for other in REQUESTS].count(asked.endpoint_variable) == 1


@pytest.mark.parametrize(
    ("provider", "command"), COMMANDS, ids=[" ".join(each.argv) for _, each in COMMANDS]
)
def test_a_command_is_safe_to_run(provider: Provider, command: RunCommand) -> None:
    """A program by its bare name, nothing a shell would read, and never a call of a model."""
    program, *arguments = command.argv
    assert program in provider.credentials.commands
    assert re.fullmatch(r"[a-z]+", program)
    assert all(re.fullmatch(r"[\w./=:,-]*", argument) for argument in arguments)
    assert program != "codex" or "exec" not in arguments
    assert program != "claude" or "-p" in arguments
    assert all(VARIABLE.fullmatch(name) for name in command.strip_env)
    assert 0.0 < command.timeout <= 30.0
    assert all(each.send.endswith(b"\n") for each in command.dialogue)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_files_lie_in_a_programs_own_folder(provider: Provider) -> None:
    """No name or pattern leads out of the folder it is of."""
    for variable, folder, name in places(provider):
        assert not variable or VARIABLE.fullmatch(variable)
        assert "/" not in name
        assert "\\" not in name
        assert ".." not in (*folder.split("/"), name)
        assert not folder.startswith(("/", "~"))
    patterns = [one.probe.newest for one in provider.sources if isinstance(one.probe, ReadFile)]
    assert all(".." not in each.split("/") and not each.startswith("/") for each in patterns)


@EACH_SOURCE
def test_windows_carry_the_name_of_their_source(provider: Provider, source: Source) -> None:
    """Whatever a provider's programs were seen to answer, each source reads as itself."""
    for payload in recorded(provider):
        assert_answer(source, source.parse(payload, AT, zones))


@EACH_SOURCE
@given(payload=ANY_BYTES | JSON_TEXT)
@settings(deadline=None)
def test_an_answer_is_read_or_refused(provider: Provider, source: Source, payload: bytes) -> None:
    """Whatever the bytes, nothing raises; what says nothing is a reason and no empty reading."""
    assert provider.sources
    assert_answer(source, source.parse(payload, AT, zones))


@EACH_SOURCE
@given(payload=ANY_BYTES | JSON_TEXT)
@settings(deadline=None)
def test_a_probe_survives_what_it_meets(provider: Provider, source: Source, payload: bytes) -> None:
    """A login file of any content and a line of any bytes are understood or not, and no more."""
    assert provider.sources
    match source.probe:
        case HttpGet(login=LoginFile(read=read)):
            match read(payload, AT):
                case Success(Login(secret=secret)):
                    assert secret
                case Failure(Declined(reason=reason)):
                    assert reason
                case answer:
                    raise AssertionError(answer)
        case RunCommand(dialogue=dialogue):
            assert all(type(each.answered(payload)) is bool for each in dialogue)
        case _:
            pass


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
@given(
    handed=ANY_BYTES
    | JSON_TEXT.map(bytes.decode)
    | st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8))
    | st.none()
    | st.floats()
)
@settings(deadline=None)
def test_an_observation_is_read_or_refused(provider: Provider, handed: object) -> None:
    """Whatever a person's program hands over, nothing raises."""
    if provider.observe is None:
        return
    match provider.observe(handed, AT):
        case Success(Reading() | Answered()):
            pass
        case Failure(Malformed(reason=reason)):
            assert reason
        case answer:
            raise AssertionError(answer)
