"""`bhoga doctor`: everything that may keep routing from working, and what to do about it."""

import os
from collections.abc import Sequence
from time import time

import click

from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import ProviderQuota
from bhoga_core.reading import Reason
from bhoga_core.register import BEGINNING
from bhoga_core.report import ProviderReport
from bhoga_shell.cli.asking import ask
from bhoga_shell.cli.checks import Check, Verdict, checks
from bhoga_shell.cli.documents import Document, document, dumped
from bhoga_shell.cli.ending import PROBLEM
from bhoga_shell.cli.known import Known, blank, of_router
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.reports import report_document
from bhoga_shell.router import Router

NOBODY = frozenset({Reason.NO_LOGIN, Reason.REFUSED})
"""What a source says where there is no login that works."""

SOMEBODY = frozenset({"", Reason.EXPIRED, Reason.SCOPE, Reason.RATE_LIMITED, Reason.NO_SIGNAL})
"""What a source says where there is one, whatever else may be wrong."""


@click.command(epilog="Example: bhoga doctor --no-probe")
@click.option("--probe/--no-probe", default=True, help="Ask the sources first (the default).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@click.pass_context
def command(context: click.Context, *, probe: bool, as_json: bool) -> None:
    """Check the sources, the state file and the programs.

    For everything that is wrong it names the one thing to do. Exit code 0: routing can work. 1:
    there is nothing to route to. 3: the state file or a setting stands in the way.
    """
    found = [*checks(os.environ)]
    wrong = any(check.verdict is Verdict.WRONG for check in found)
    known: Known | None = None
    routable = False
    if all(check.name != "settings" or check.verdict is Verdict.GOOD for check in found):
        with opened(asking=True, eager=False) as router:
            if probe:
                ask(router, [provider.id for provider in PROVIDERS])
            known = of_router(router, blank())
            routable = _routable(router, known.reports)
    if as_json:
        reports = () if known is None else known.reports
        click.echo(dumped(doctor_document(found, reports, ok=routable and not wrong)))
    else:
        from bhoga_shell.cli.doctor_lines import DoctorScreen  # noqa: PLC0415 -- not for programs
        from bhoga_shell.cli.screen import terminal  # noqa: PLC0415

        terminal().print(DoctorScreen(found, known, routable=routable))
    if wrong or not routable:
        context.exit(PROBLEM if wrong else 1)


def doctor_document(
    found: Sequence[Check], reports: Sequence[ProviderReport], *, ok: bool
) -> Document:
    """`bhoga doctor --json`: the checks, and the sources of each provider."""
    return document(
        "doctor",
        time(),
        ok=ok,
        checks=[check._asdict() for check in found],
        providers=[report_document(report) for report in reports],
    )


def _routable(router: Router, reports: Sequence[ProviderReport]) -> bool:
    """Whether there is a provider to route to: one that is known, or has a login that may work."""
    known = {record.provider_id for record in router.quotas() if _tells(record)}
    return any(it.provider_id in known or _may_work(it) for it in reports)


def _tells(record: ProviderQuota) -> bool:
    return bool(record.evidence) or record.served > BEGINNING


def _may_work(report: ProviderReport) -> bool:
    """Whether its login or key may serve requests. A program on PATH alone is no login."""
    provider = next(it for it in PROVIDERS if it.id == report.provider_id)
    reasons = {it.reason for it in report.sources}
    has_token = any(os.environ.get(it, "").strip() for it in provider.credentials.environment)
    vouched = has_token or bool(reasons & SOMEBODY) or not reasons & NOBODY
    return report.configured and vouched
