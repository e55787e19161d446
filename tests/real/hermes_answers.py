"""Run by the Python of an installed hermes-agent: what the real Hermes makes of names and files.

Standard input is one JSON object, `{"names": [[target, model], …], "homes": [{"home": folder,
"environ": {…}}, …]}`; standard output is one, `{"version", "names": [name, …], "homes": [{…}, …]}`.
Every connection is refused. A home's keys are shown as what `environ` calls them.
"""

import json
import os
import socket
import sys
import tempfile
from importlib.metadata import version


def refused(*_args, **_kwargs):
    """What every way to a connection ends in."""
    raise OSError("no network here")


socket.getaddrinfo = socket.create_connection = refused
socket.socket.connect = socket.socket.connect_ex = refused
os.environ["HOME"] = os.environ["HERMES_HOME"] = tempfile.mkdtemp(prefix="hermes-")

from agent import auxiliary_client  # noqa: E402 -- Hermes looks for its home as it is imported
from hermes_cli import config as hermes_config  # noqa: E402
from hermes_cli.model_normalize import _AGGREGATOR_PROVIDERS, normalize_model_for_provider  # noqa: E402
from hermes_cli.runtime_provider import resolve_runtime_provider  # noqa: E402


def resolved(home, environ):
    """What Hermes would talk to with this home, and what its auxiliary tasks would."""
    os.environ.update(environ, HERMES_HOME=home, HOME=home)
    names = {value: name for name, value in environ.items()}
    config = hermes_config.load_config()
    runtime = resolve_runtime_provider()
    model = config["model"]["default"]
    provider = runtime["provider"]
    if provider not in _AGGREGATOR_PROVIDERS:
        model = normalize_model_for_provider(model, provider)
    tasks = {
        task: auxiliary_client._resolve_task_provider_model(task)
        for task, settings in config["auxiliary"].items()
        if isinstance(settings, dict)
    }
    return {
        "provider": provider,
        "model": model,
        "api_mode": runtime["api_mode"],
        "base_url": runtime["base_url"],
        "key": names.get(runtime.get("api_key"), "another"),
        "context_length": config["model"].get("context_length"),
        "tasks": tasks,
    }


def apart(home, environ):
    """`resolved` in a process of its own, so that nothing is left of one home in the next."""
    answers, answer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)  # what Hermes prints is no answer
        try:
            told = resolved(home, environ)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it is the answer
            told = {"error": f"{type(error).__name__}: {error}"}
        with os.fdopen(answer, "w") as file:
            json.dump(told, file, default=str)
        os._exit(0)
    os.close(answer)
    with os.fdopen(answers) as file:
        told = json.load(file)
    os.waitpid(child, 0)
    return told


asked = json.load(sys.stdin)
told = {
    "version": version("hermes-agent"),
    "names": [normalize_model_for_provider(model, target) for target, model in asked["names"]],
    "homes": [apart(**home) for home in asked["homes"]],
}
json.dump(told, sys.stdout)
