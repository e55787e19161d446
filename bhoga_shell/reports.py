"""What is told of the sources of each provider, from what is known and from what is here."""

from collections.abc import Collection, Iterable, Mapping
from time import time

from bhoga_core.probe import Kind
from bhoga_core.provider import Provider
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Declined
from bhoga_core.report import ProviderReport, provider_report
from bhoga_shell.credentials import configured
from bhoga_shell.probes.asking import prepare


def reports(
    state: QuotaState,
    providers: Collection[Provider],
    environ: Mapping[str, str],
    here: Mapping[str, Mapping[str, Declined]],
) -> tuple[ProviderReport, ...]:
    """For each provider which source answered, when, how long it took, why the others did not.

    `here` holds, by provider and source, why this process cannot ask it. Nothing is asked.
    """
    present = configured(providers, environ)
    return tuple(
        provider_report(
            state,
            provider,
            here[provider.id],
            tuple(
                f"{it.variable} is set: {it.warning}"
                for it in provider.pitfalls
                if environ.get(it.variable, "").strip()
            ),
            configured=provider.id in present,
        )
        for provider in providers
    )


def unaskable(
    providers: Iterable[Provider], environ: Mapping[str, str], kinds: Collection[Kind]
) -> Mapping[str, Mapping[str, Declined]]:
    """By provider and source, why this process cannot ask it; those that it can are not there."""
    now = time()
    return {
        provider.id: {
            source.name: found
            for source in provider.sources
            if isinstance(found := prepare(source, environ, now, kinds), Declined)
        }
        for provider in providers
    }
