"""`bhoga doctor`: everything that may keep routing from working, and what to do about it."""

import os
import sys
from collections.abc import Sequence
from time import time

import click

from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import ProviderQuota
from bhoga_core.reading import Reason
from bhoga_core.register import BEGINNING
from bhoga_core.report import UNASKED, ProviderReport
from bhoga_shell.cli.asking import ask
from bhoga_shell.cli.checks import Check, Verdict, checks
from bhoga_shell.cli.documents import Document, document, dumped
from bhoga_shell.cli.ending import PROBLEM
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.printing import printable
from bhoga_shell.cli.reports import answers, remedy, report_document
from bhoga_shell.router import Router

NOBODY = frozenset({Reason.NO_LOGIN, Reason.REFUSED})
"""What a source says where there is no login that works."""

SOMEBODY = frozenset({"", Reason.EXPIRED, Reason.SCOPE, Reason.RATE_LIMITED, Reason.NO_SIGNAL})
"""What a source says where there is one, whatever else may be wrong."""

SIGNS = {Verdict.GOOD: ("✓", "green"), Verdict.NOTE: ("·", ""), Verdict.WRONG: ("✗", "bold red")}
"""How each verdict is shown, so that it is told without colours as well."""


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
    reports: tuple[ProviderReport, ...] = ()
    routable = False
    if all(check.name != "settings" or check.verdict is Verdict.GOOD for check in found):
        with opened(asking=True, eager=False) as router:
            if probe:
                ask(router, [provider.id for provider in PROVIDERS])
            reports = router.discovery()
            routable = _routable(router, reports)
    if as_json:
        click.echo(dumped(doctor_document(found, reports, ok=routable and not wrong)))
    else:
        _show(found, reports)
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


def _show(found: Sequence[Check], reports: Sequence[ProviderReport]) -> None:
    from rich.console import Console  # noqa: PLC0415 -- programs that want JSON do not pay for it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table.grid(padding=(0, 1))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")

    def row(verdict: Verdict, name: str, text: str, style: str = "") -> None:
        sign, colour = SIGNS[verdict]
        shown = [printable(it, sys.stdout) for it in (sign, name, text)]
        table.add_row(Text(shown[0], style=colour), Text(shown[1], style=style), Text(shown[2]))

    def todo(text: str) -> None:
        if text:
            table.add_row("", "", Text(printable(f"→ {text}", sys.stdout), style="bold"))

    for check in found:
        row(check.verdict, check.name, check.text)
        todo(check.remedy)
    for report in reports:
        table.add_row()
        row(_verdict(report), report.provider_id, _summary(report), style="bold")
        for source in report.sources:
            verdict = Verdict.GOOD if answers(source) else Verdict.NOTE
            took = "" if source.took is None else f" ({source.took:.2f} s)"
            row(verdict, f"  {source.name}", f"{source.text}{took}")
        for warning in report.warnings:
            row(Verdict.NOTE, "", warning)
        todo(remedy(report))
    Console(highlight=False).print(table)


def _verdict(report: ProviderReport) -> Verdict:
    if not report.configured:
        return Verdict.NOTE
    if remedy(report):
        return Verdict.NOTE if _is_unasked(report) else Verdict.WRONG
    return Verdict.GOOD


def _summary(report: ProviderReport) -> str:
    if not report.configured:
        return "no login or key found here"
    if not report.sources:
        return "a key is here; what is left is told by its responses"
    if any(map(answers, report.sources)):
        return "known"
    return "not asked yet" if _is_unasked(report) else "no source answers"


def _is_unasked(report: ProviderReport) -> bool:
    return all(it.reason in (UNASKED, Reason.ABSENT, Reason.OFF) for it in report.sources)
