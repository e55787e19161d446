"""The response hooks, with the real SDKs against a server on loopback."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import anthropic
import httpx
import httpx2
import openai
import pytest

from bhoga import ProviderStatus, Router, RouterRecommendation

ANTHROPIC = {
    "anthropic-ratelimit-requests-limit": "400",
    "anthropic-ratelimit-requests-remaining": "300",
    "anthropic-ratelimit-requests-reset": "2099-01-01T00:00:00Z",
    "anthropic-ratelimit-input-tokens-limit": "50000",
    "anthropic-ratelimit-input-tokens-remaining": "20000",
}
OPENAI = {
    "x-ratelimit-limit-requests": "90",
    "x-ratelimit-remaining-requests": "63",
    "x-ratelimit-reset-requests": "40s",
    "x-ratelimit-limit-tokens": "70000",
    "x-ratelimit-remaining-tokens": "69000",
    "x-ratelimit-reset-tokens": "2m3s",
}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-4",
    "content": [{"type": "text", "text": "hello"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 3, "output_tokens": 1},
}
COMPLETION = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-5.4",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "hello", "refusal": None},
        }
    ],
}
CHUNKS = [
    {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-5.4",
        "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}],
    }
    for word in ("hel", "lo")
]

EVENTS = [
    {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    *(
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": word},
        }
        for word in ("hel", "lo")
    ),
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 2},
    },
    {"type": "message_stop"},
]


class Backend(BaseHTTPRequestHandler):
    """Answers like the two vendors do. `script` holds the answers of the next requests, if any.

    A request to a path with `slow` in it is answered once `release` is set; `arrived` says that it
    came.
    """

    protocol_version = "HTTP/1.1"
    script: ClassVar[list[tuple[int, dict[str, str]]]] = []
    arrived = threading.Event()
    release = threading.Event()

    def do_POST(self) -> None:
        """Answer a turn."""
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if "slow" in self.path:
            self.arrived.set()
            self.release.wait(30)
        vendor = ANTHROPIC if "messages" in self.path else OPENAI
        status, headers = self.script.pop(0) if self.script else (200, vendor)
        if status != 200:
            self._answer(status, headers, b'{"error": {"type": "rate_limit_error"}}')
        elif sent.get("stream"):
            self._answer(200, headers, stream_of(vendor).encode(), "text/event-stream")
        elif "count_tokens" in self.path:
            self._answer(200, headers, b'{"input_tokens": 3}')
        else:
            body = MESSAGE if vendor is ANTHROPIC else COMPLETION
            self._answer(200, headers, json.dumps(body).encode())

    def do_GET(self) -> None:
        """Answer the list of models."""
        self._answer(200, ANTHROPIC, b'{"data": [], "has_more": false, "object": "list"}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes, kind: str = "application/json"
    ) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-type": kind}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def stream_of(vendor: dict[str, str]) -> str:
    """The vendor's answer as server-sent events."""
    if vendor is ANTHROPIC:
        return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in EVENTS)
    chunks = (f"data: {json.dumps(chunk)}\n\n" for chunk in CHUNKS)
    return "".join([*chunks, "data: [DONE]\n\n"])


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a server on loopback."""
    Backend.script.clear()
    Backend.arrived.clear()
    Backend.release.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Backend.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    """A router with a state file of its own."""
    with Router(state_path=tmp_path / "state.json", eager=False) as router:
        yield router


def hooked(router: Router, pid: str) -> httpx2.Client:
    """A client that records what it receives."""
    return httpx2.Client(event_hooks={"response": [router.httpx_hook(pid)]}, trust_env=False)


def hooked_async(router: Router, pid: str) -> httpx2.AsyncClient:
    """The same, asynchronous."""
    hooks = {"response": [router.async_httpx_hook(pid)]}
    return httpx2.AsyncClient(event_hooks=hooks, trust_env=False)


def answer(router: Router, model: str) -> RouterRecommendation:
    """What the router recommends once it has taken everything in."""
    assert router.flush(5)
    found = router.best_for(model)
    assert found is not None
    return found


def ask_anthropic(client: anthropic.Anthropic) -> str:
    """One turn; its text."""
    message = client.messages.create(
        model="claude-opus-4", max_tokens=5, messages=[{"role": "user", "content": "hi"}]
    )
    (block,) = message.content
    assert block.type == "text"
    return block.text


def test_the_anthropic_sdk_calibrates_by_itself(router: Router, url: str) -> None:
    """A client with the hook needs no `record_turn`."""
    with hooked(router, "anthropic_api") as http:
        client = anthropic.Anthropic(api_key="test", base_url=url, http_client=http)
        assert ask_anthropic(client) == "hello"
    found = answer(router, "claude-opus-4")
    assert (found.provider_id, found.quota_pct) == ("anthropic_api", 0.4)


def test_the_asynchronous_anthropic_sdk_does_too(router: Router, url: str) -> None:
    """The asynchronous hook serves the asynchronous client."""

    async def turn() -> None:
        async with hooked_async(router, "anthropic_api") as http:
            client = anthropic.AsyncAnthropic(api_key="test", base_url=url, http_client=http)
            await client.messages.create(
                model="claude-opus-4", max_tokens=5, messages=[{"role": "user", "content": "hi"}]
            )

    asyncio.run(turn())
    assert answer(router, "claude-opus-4").quota_pct == 0.4


def test_the_openai_sdk_calibrates_by_itself(router: Router, url: str) -> None:
    """The tightest of the windows that the headers state is the headroom."""
    with hooked(router, "openai_api") as http:
        client = openai.OpenAI(api_key="test", base_url=f"{url}/v1", http_client=http)
        client.chat.completions.create(
            model="gpt-5.4", messages=[{"role": "user", "content": "hi"}]
        )
    found = answer(router, "gpt-5.4")
    assert (found.provider_id, found.quota_pct) == ("openai_api", 0.7)


def test_the_asynchronous_openai_sdk_does_too(router: Router, url: str) -> None:
    """The asynchronous hook serves streams as well."""

    async def turn() -> str:
        async with hooked_async(router, "openai_api") as http:
            client = openai.AsyncOpenAI(api_key="test", base_url=f"{url}/v1", http_client=http)
            stream = await client.chat.completions.create(
                model="gpt-5.4", messages=[{"role": "user", "content": "hi"}], stream=True
            )
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(turn()) == "hello"
    assert answer(router, "gpt-5.4").quota_pct == 0.7


def test_a_stream_arrives_untouched(router: Router, url: str) -> None:
    """The hook reads no body: every chunk is still there for the caller."""
    with hooked(router, "openai_api") as http:
        client = openai.OpenAI(api_key="test", base_url=f"{url}/v1", http_client=http)
        stream = client.chat.completions.create(
            model="gpt-5.4", messages=[{"role": "user", "content": "hi"}], stream=True
        )
        assert [chunk.choices[0].delta.content for chunk in stream] == ["hel", "lo"]
    assert answer(router, "gpt-5.4").quota_pct == 0.7


def test_a_stream_of_the_anthropic_sdk_arrives_untouched(router: Router, url: str) -> None:
    """Its events are all there as well, and the turn is recorded."""
    with hooked(router, "anthropic_api") as http:
        client = anthropic.Anthropic(api_key="test", base_url=url, http_client=http)
        with client.messages.stream(
            model="claude-opus-4", max_tokens=5, messages=[{"role": "user", "content": "hi"}]
        ) as stream:
            assert list(stream.text_stream) == ["hel", "lo"]
    assert answer(router, "claude-opus-4").quota_pct == 0.4


def test_a_raw_stream_arrives_byte_for_byte(router: Router, url: str) -> None:
    """What the server sent is what the caller reads, and the hook ran before the first byte."""
    with hooked(router, "anthropic_api") as client:
        body = {"model": "claude-opus-4", "stream": True}
        with client.stream("POST", f"{url}/v1/messages", json=body) as response:
            assert answer(router, "claude-opus-4").quota_pct == 0.4
            assert not response.is_stream_consumed
            assert b"".join(response.iter_bytes()).decode() == stream_of(ANTHROPIC)


# A stated wait is over by the time the SDK retries, so the stamps are compared too. Where none is
# stated the pause is a minute and the SDK retries within a second: only its success can end it.
@pytest.mark.parametrize("wait", [{"retry-after-ms": "20"}, {"retry-after": "0.02"}, {}])
def test_the_retry_of_an_sdk_ends_the_pause(router: Router, url: str, wait: dict[str, str]) -> None:
    """The SDK retries a 429 by itself; its success began later, so nothing stays throttled."""
    Backend.script[:] = [(429, {**wait, "x-should-retry": "true"})]
    with hooked(router, "anthropic_api") as http:
        client = anthropic.Anthropic(api_key="test", base_url=url, http_client=http, max_retries=1)
        assert ask_anthropic(client) == "hello"
    assert Backend.script == []
    found = answer(router, "claude-opus-4")
    assert (found.provider_id, found.status) == ("anthropic_api", ProviderStatus.AVAILABLE)
    whole = next(record for record in router.quotas() if record.model == "*")
    told = whole.throttle.stamp if whole.throttle else whole.strikes[-1].stamp
    assert told < whole.served_from < whole.served


def test_the_retry_of_the_asynchronous_sdk_does_too(router: Router, url: str) -> None:
    """Both the 429 and the success are recorded, and the success began after the 429."""
    Backend.script[:] = [(429, {"retry-after": "0.02"})]

    async def turn() -> None:
        async with hooked_async(router, "openai_api") as http:
            client = openai.AsyncOpenAI(
                api_key="test", base_url=f"{url}/v1", http_client=http, max_retries=1
            )
            await client.chat.completions.create(
                model="gpt-5.4", messages=[{"role": "user", "content": "hi"}]
            )

    asyncio.run(turn())
    assert answer(router, "gpt-5.4").status is ProviderStatus.AVAILABLE
    whole = next(record for record in router.quotas() if record.model == "*")
    assert whole.throttle is not None
    assert whole.throttle.stamp < whole.served_from < whole.served


def status(router: Router) -> ProviderStatus:
    """Where `anthropic_api` stands once the router has taken everything in."""
    assert router.flush(5)
    whole = next(record for record in router.quotas() if record.model == "*")
    return whole.status_at(time.time(), "claude-opus-4")


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_only_a_success_that_began_later_ends_a_throttle(
    router: Router, url: str, library: Any
) -> None:
    """A success under way when the throttle was stated says nothing of what came after it."""
    body = {"model": "claude-opus-4"}
    hooks = {"response": [router.httpx_hook("anthropic_api")]}
    with library.Client(event_hooks=hooks, trust_env=False) as client:
        slow = threading.Thread(
            target=client.post, args=(f"{url}/v1/messages?slow",), kwargs={"json": body}
        )
        slow.start()
        assert Backend.arrived.wait(30)
        Backend.script[:] = [(429, {"retry-after": "300"})]
        assert client.post(f"{url}/v1/messages", json=body).status_code == 429
        Backend.release.set()
        slow.join()
        assert status(router) is ProviderStatus.THROTTLED
        assert client.post(f"{url}/v1/messages", json=body).status_code == 200
        assert status(router) is not ProviderStatus.THROTTLED


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_only_a_success_that_began_later_ends_a_throttle_asynchronously(
    router: Router, url: str, library: Any
) -> None:
    """The asynchronous hook knows the start as well."""
    body = {"model": "claude-opus-4"}
    hooks = {"response": [router.async_httpx_hook("anthropic_api")]}

    async def turns() -> None:
        async with library.AsyncClient(event_hooks=hooks, trust_env=False) as client:
            slow = asyncio.create_task(client.post(f"{url}/v1/messages?slow", json=body))
            assert await asyncio.to_thread(Backend.arrived.wait, 30)
            Backend.script[:] = [(429, {"retry-after": "300"})]
            assert (await client.post(f"{url}/v1/messages", json=body)).status_code == 429
            Backend.release.set()
            assert (await slow).status_code == 200
            assert status(router) is ProviderStatus.THROTTLED
            assert (await client.post(f"{url}/v1/messages", json=body)).status_code == 200
            assert status(router) is not ProviderStatus.THROTTLED

    asyncio.run(turns())


def test_a_refused_key_is_not_recommended(router: Router, url: str) -> None:
    """A 401 closes the provider, and the SDK's own error reaches the caller."""
    Backend.script[:] = [(401, {})]
    with hooked(router, "anthropic_api") as http:
        client = anthropic.Anthropic(api_key="test", base_url=url, http_client=http, max_retries=0)
        with pytest.raises(anthropic.AuthenticationError):
            ask_anthropic(client)
    assert router.flush(5)
    (record,) = router.quotas()
    assert record.status_at(time.time()) is ProviderStatus.REFUSED


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_both_libraries_are_served(router: Router, url: str, library: Any) -> None:
    """`httpx` and `httpx2` clients are hooked alike, and the request's start is known in both."""
    hooks = {"response": [router.httpx_hook("anthropic_api")]}
    with library.Client(event_hooks=hooks, trust_env=False) as client:
        body = {"model": "anthropic/claude-opus-4", "messages": []}
        assert client.post(f"{url}/v1/messages", json=body).json() == MESSAGE
    assert answer(router, "claude-opus-4").quota_pct == 0.4
    (whole, own) = router.quotas()
    assert whole.served_from.micros > 0
    assert own.model == "claude-opus-4"


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_both_asynchronous_libraries_are_served(router: Router, url: str, library: Any) -> None:
    """The asynchronous clients of both are hooked alike, and the model is the body's."""
    hooks = {"response": [router.async_httpx_hook("openai_api")]}

    async def turn() -> Any:
        async with library.AsyncClient(event_hooks=hooks, trust_env=False) as client:
            body = {"model": "gpt-5.4", "messages": []}
            return (await client.post(f"{url}/v1/chat/completions", json=body)).json()

    assert asyncio.run(turn()) == COMPLETION
    assert answer(router, "gpt-5.4").quota_pct == 0.7
    assert {record.model for record in router.quotas()} == {"*", "gpt-5.4"}


def test_what_is_no_turn_is_not_recorded(router: Router, url: str) -> None:
    """Listing models and counting tokens may succeed while turns are refused."""
    with hooked(router, "anthropic_api") as client:
        client.get(f"{url}/v1/models")
        client.post(f"{url}/v1/messages/count_tokens", json={"model": "claude-opus-4"})
    assert router.flush(5)
    assert router.quotas() == ()


@pytest.mark.parametrize("body", [b"not json", b"[1]", b'{"model": 3}', b"[" * 100_000])
def test_a_request_that_names_no_model_is_recorded(router: Router, url: str, body: bytes) -> None:
    """Its headers then count for every model."""
    response = httpx2.Response(
        200,
        headers=ANTHROPIC,
        request=httpx2.Request("POST", f"{url}/v1/messages", content=body),
    )
    router.httpx_hook("anthropic_api")(response)
    assert answer(router, "claude-opus-4").quota_pct == 0.4
    assert {record.model for record in router.quotas()} == {"*"}


def test_a_request_that_is_streamed_up_is_recorded(router: Router, url: str) -> None:
    """Its body is gone once it is sent, so the model is not known, but the headers are."""
    sent = json.dumps({"model": "claude-opus-4"}).encode()
    with hooked(router, "anthropic_api") as client:
        client.post(
            f"{url}/v1/messages", content=iter([sent]), headers={"content-length": str(len(sent))}
        )
    assert answer(router, "claude-opus-4").quota_pct == 0.4
    assert {record.model for record in router.quotas()} == {"*"}


@pytest.mark.parametrize("response", [None, SimpleNamespace(), SimpleNamespace(request=None)])
def test_a_hook_never_raises(router: Router, response: object) -> None:
    """Whatever it is called with, and on a closed router too."""
    hook, wait = router.httpx_hook("anthropic_api"), router.async_httpx_hook("anthropic_api")
    turn = httpx2.Response(200, request=httpx2.Request("POST", "http://127.0.0.1/v1/messages"))
    hook(response)
    asyncio.run(wait(response))
    router.close()
    hook(turn)
    asyncio.run(wait(turn))
    assert router.quotas() == ()


def test_a_closed_router_leaves_a_client_at_work(router: Router, url: str) -> None:
    """A client that outlives its router gets its answers all the same."""
    with hooked(router, "anthropic_api") as http:
        client = anthropic.Anthropic(api_key="test", base_url=url, http_client=http)
        router.close()
        assert ask_anthropic(client) == "hello"
    assert router.quotas() == ()


def test_an_unknown_provider_is_refused(router: Router) -> None:
    """A hook for nobody is a mistake, told when it is made."""
    with pytest.raises(ValueError, match="pid is 'anthropic'"):
        router.httpx_hook("anthropic")
    with pytest.raises(ValueError, match="pid is 'anthropic'"):
        router.async_httpx_hook("anthropic")
