"""`bhoga refresh`: ask the sources now."""

from time import time

import click

from bhoga_core.providers import PROVIDERS
from bhoga_shell.cli.asking import ask
from bhoga_shell.cli.documents import document, dumped
from bhoga_shell.cli.ending import PROBLEM
from bhoga_shell.cli.opening import opened
from bhoga_shell.cli.parameters import PROVIDER_ID
from bhoga_shell.cli.reports import answered_since, outcome, report_document


@click.command(epilog="Example: bhoga refresh claude_code")
@click.argument("pids", metavar="[PID]...", nargs=-1, type=PROVIDER_ID)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@click.pass_context
def command(context: click.Context, pids: tuple[str, ...], *, as_json: bool) -> None:
    """Ask the sources of providers now, and wait.

    Without PID, of all. One that has said to come back later is not asked, and no provider more
    than twenty times an hour. Exit code 0: of each PID, or of all there is a login for, a source
    has answered. 1: of some none has. 3: what they answered could not be kept.
    """
    since = time()
    with opened(asking=True, eager=False) as router:
        ask(router, pids or [provider.id for provider in PROVIDERS])
        reports = [it for it in router.discovery() if not pids or it.provider_id in pids]
        is_kept = router.flush()
    if as_json:
        told = document("refresh", time(), providers=[*map(report_document, reports)])
        click.echo(dumped(told))
    else:
        widest = max(len(report.provider_id) for report in reports)
        now = time()
        for report in reports:
            click.echo(f"{report.provider_id:<{widest}}  {outcome(report, since, now)}")
    if not is_kept:
        context.exit(PROBLEM)  # why was said when it was found
    asked = [it for it in reports if pids or (it.configured and it.sources)]
    if not asked or not all(answered_since(it, since) for it in asked):
        context.exit(1)
