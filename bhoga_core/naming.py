"""What a model is called: by people, by vendors, by limits.

A model has many spellings, and a limit names models in its own way. Three questions are answered
here: which vendor's family a name belongs to (`model_family`), under which key what is known of it
is kept (`canonical_model`), and by which token a limit and a model meet (`scope_token`). Family and
token are functions of the canonical name, so two spellings of one model can never disagree.
How Hermes spells a model is another matter: see `hermes_names`.
"""

import re
from functools import lru_cache

# A family is told by how the name begins: a whole word, to which a version may be stuck (gpt5).
_FAMILIES = (
    ("anthropic", re.compile(r"(?:claude|opus|opusplan|sonnet|haiku|fable)(?![^\W\d_])")),
    ("openai", re.compile(r"(?:ft:)?(?:(?:gpt|chatgpt|codex)(?![^\W\d_])|o[1-9](?![^\W_]))")),
    ("google", re.compile(r"(?:gemini|gemma)(?![^\W\d_])")),
)

# What stands before a model's own name, once paths (`openrouter/anthropic/…`, an ARN) are cut:
# Bedrock's `us.anthropic.`, and the `provider:` of pydantic-ai, LangChain and Hermes' /model.
_WRAPPING = re.compile(
    r"\A(?:(?:[a-z-]+\.)?"
    r"(?:anthropic|claude-code|copilot|github-copilot|google|openai|openai-codex)[.:])+(?=.)",
    re.DOTALL,
)

# What may follow it without making it another model: context size, OpenRouter's variants and
# reasoning efforts, dates, Bedrock's build (`-v1:0`). Not a size tag (`gpt-oss:20b`): that is one.
_TAIL = re.compile(
    r"(?<=.)(?:\[[0-9a-z]+\]"
    r"|:(?:beta|exacto|extended|floor|free|nitro|online|thinking)"
    r"|:(?:none|minimal|low|medium|high|xhigh|max)"
    r"|[-@]20[0-9]{6}|-20[0-9]{2}-[0-9]{2}-[0-9]{2}|[-@:]latest|@default"
    r"|-v?[0-9]+:[0-9]+(?::[0-9]+k)?)+\Z",
    re.DOTALL,
)
_CLAUDE_BUILD = re.compile(r"(?<=[0-9])-v[0-9]+\Z")  # Bedrock since Opus 4.6: no `:0`
_CLAUDE_SEPARATOR = re.compile(r"\s+|[._]")
_SPACE = re.compile(r"\s+")

# Anthropic's header and claim spellings, as of 2026-09: `7d_oi` (overage included) is Fable's week.
_WIRE_SCOPES = {"7d_oi": "fable", "seven_day_overage_included": "fable"}
_WIRE_WEEK = re.compile(r"(?:7d|seven_day)_(?=.)", re.DOTALL)
_DISPLAY_NAME = re.compile(r"([a-z]+)(?: [0-9]+(?:[.-][0-9]+)*)?(?: only)?")
_NOT_IN_A_WORD = re.compile(r"[^a-z0-9]+")
_ALIAS_TIERS = {"opusplan": "opus"}  # Claude Code plans with Opus there, so Opus' limit gates it


def model_family(model: str) -> str:
    """The vendor family of a model: "anthropic", "openai", "google", or "other".

    Any spelling `canonical_model` understands is understood. Raises TypeError if not a str.
    """
    return _family(_canonical(require_text("model", model)))


def canonical_model(model: str) -> str:
    """The key under which what is known of a model is kept; idempotent, and `"*"` stays `"*"`.

    Trimmed and lower-cased, without vendor, Bedrock or Vertex wrapping, date, `-latest`, context
    size (`[1m]`) or variant (`:thinking`). In the anthropic family dots, underscores and spaces
    are hyphens; in the openai and google families spaces are, and dots stay. Raises TypeError if
    not a str.
    """
    return _canonical(require_text("model", model))


def scope_token(name: str) -> str:
    """The token by which a limit's name and a model's name meet; idempotent.

    FROZEN: tokens are written to files that live for years. A rule may be added for names not yet
    known; what an existing name answers must not change. The rules:

    1. `"*"` is `"*"`; `7d_oi` and `seven_day_overage_included` are "fable"; any other `7d_X` or
       `seven_day_X` is the token of X (Anthropic's headers and claims, as of 2026-09).
    2. In the anthropic family, the first alphabetic word that is not "claude", a version stuck to
       it apart: claude-3-5-sonnet and "Sonnet only" are "sonnet". `opusplan` is "opus", whose limit
       it needs. Without such a word (claude-2.1), the canonical name.
    3. A display name of one word, with or without a version or "only" after a space, is that word:
       "Mythos" and "Mythos 6" meet claude-mythos-6 although nobody told bhoga of that tier.
    4. Anything else is its canonical name: "GPT-5.3-Codex-Spark" is "gpt-5.3-codex-spark".

    Raises TypeError if not a str.
    """
    return _scope(require_text("name", name))


def require_text(argument: str, value: object) -> str:
    """`value`, which the parameter `argument` was given, if it is a str; else raises TypeError.

    To be called before any cache, so that an unhashable value is refused by its argument's name.
    """
    if isinstance(value, str):
        return value
    raise TypeError(f"{argument} must be a str, not {type(value).__name__}")


@lru_cache(maxsize=1024)
def _canonical(name: str) -> str:
    name = name.lower()
    # One pass may bare what the next can take off, so idempotence is had by going on to the end:
    # every pass shortens the name or turns separators into hyphens, and neither is ever undone.
    while (bare := _unwrapped(name)) != name:
        name = bare
    return name


def _unwrapped(name: str) -> str:
    name = name.strip().rstrip("/").rpartition("/")[2].strip()
    name = _WRAPPING.sub("", name)
    name = _TAIL.sub("", name).rstrip()
    match _family(name):
        case "anthropic":
            return _CLAUDE_SEPARATOR.sub("-", _CLAUDE_BUILD.sub("", name))
        case "other":
            return name
        case _:
            return _SPACE.sub("-", name)


def _family(canonical: str) -> str:
    return next((family for family, start in _FAMILIES if start.match(canonical)), "other")


@lru_cache(maxsize=1024)
def _scope(name: str) -> str:
    name = _canonical(name)
    while name not in _WIRE_SCOPES and (week := _WIRE_WEEK.match(name)):
        name = _canonical(name[week.end() :])
    if name in _WIRE_SCOPES:
        return _WIRE_SCOPES[name]
    if _family(name) == "anthropic":
        words = _NOT_IN_A_WORD.sub(" ", name).split()
        return next((tier for word in words if (tier := _tier(word))), name)
    display = _DISPLAY_NAME.fullmatch(name)
    return display[1] if display else name


def _tier(word: str) -> str:
    # "opus4" says opus, but the "v" of "v2" and the "m" of "1m" are no tier's name.
    letters = word.rstrip("0123456789")
    if letters == "claude" or not letters.isalpha() or (len(letters) == 1 and letters != word):
        return ""
    return _ALIAS_TIERS.get(letters, letters)
