"""The commands of `hengshui-etl` and their arguments, with typer.

Belongs here: what the user typed, which function answers it, what is then said.
Does not belong here: anything that knows figures or tables. What one command needs is imported inside it.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from hengshui_etl import __version__
from hengshui_etl.checking import OK, UNREADABLE, WRONG, Output, Refused, check_files, contents, reason
from hengshui_etl.closing import near, summary
from hengshui_etl.console import complain, status, write
from hengshui_etl.messages import Language, Messages, messages
from hengshui_etl.querying import Format
from hengshui_etl.reading import Line, Piece, Style, printable

MOST_ALERTS = 50
"""Alerts that are listed, the newest first."""

app = typer.Typer(
    name="hengshui-etl",
    help="Reads every figure in articles of Chinese local government and checks their arithmetic exactly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

LangOption = Annotated[
    Language | None, typer.Option("--lang", envvar="HENGSHUI_LANG", help="Language of messages: English or Chinese.")
]


def show_version(wanted: bool) -> None:
    if wanted:
        print(f"hengshui-etl {__version__}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    lang: LangOption = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the program an unexpected error arose.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    ctx.obj = lang


@app.command()
def check(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Articles; - is standard input.")],
    output: Annotated[Output, typer.Option("--format", help="For people, or one line of JSON an article.")] = "table",
    lang: LangOption = None,
) -> None:
    """Check the arithmetic of articles, loading nothing. Ends with 1 if a check fails, 2 if a file is no article."""
    raise typer.Exit(check_files(files, output, language_of(ctx, lang)))


@app.command()
def run(
    ctx: typer.Context,
    batch: Annotated[
        list[str] | None, typer.Option("--batch", help="Only this folder of data/raw; may be given again.")
    ] = None,
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="Take batches away though all of them are gone from data/raw.")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Take all articles of data/raw, or of some batches, through the whole flow into the warehouse. Ends with 1 where
    the pipeline failed, or put an article aside for a fault of its own; never for what articles get wrong."""
    say = language_of(ctx, lang)
    with status(say("run.starting")) as update:
        from hengshui_etl.run import UnknownBatch, run_batches
        from hengshui_etl.settings import read_settings
        from hengshui_etl.sources import raw_batches
        from hengshui_etl.warehouse import WarehouseBusy

        settings = read_settings()
        try:
            report = run_batches(
                settings,
                batch,
                lambda name, step, done, total: update(f"{name} · {step} {done}/{total}"),
                remove_missing,
            )
        except UnknownBatch as unknown:
            known = say("check.comma").join(raw_batches(settings.raw)) or "–"
            raise Refused(say("run.unknown_batch", batch=unknown, path=near(settings.raw), batches=known)) from None
        except WarehouseBusy as busy:
            raise Refused(str(busy)) from None
        except OSError as failed:
            raise Refused(say("error.failed", reason=failed)) from None
    if not report.batches and not report.removed:
        raise Refused(say("run.nothing", path=near(settings.raw)))
    write(summary(report, settings.database, settings.rulings, say))
    for error in report.errors:
        complain(say("error.plain", error=say("run.contract", error=error)))
    if report.counts.ours:
        complain(say("error.plain", error=say("run.ours_next", n=report.counts.ours)))
    raise typer.Exit(OK if report.ok else WRONG)


@app.command()
def add(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Articles to be filed.")],
    batch: Annotated[str | None, typer.Option("--batch", help="The batch, if not the month of publication.")] = None,
    lang: LangOption = None,
) -> None:
    """File articles into data/raw, each into the folder of the month in which it was published."""
    from hengshui_etl.filing import OtherFile, batch_of, filed
    from hengshui_etl.settings import read_settings
    from hengshui_etl.sources import is_batch
    from hengshui_etl.text import Unreadable, read_article

    say, settings = language_of(ctx, lang), read_settings()
    if batch is not None and not is_batch(batch):
        raise Refused(say("add.batch", batch=batch))
    refused, new = 0, 0
    for path in files:
        try:
            if path == "-":
                raise Refused(say("add.stdin"))
            data = contents(path, say)
            article = read_article(data, source_path=path)
            if batch is None and article.published_on is None:
                raise Refused(say("add.undated", path=path))
            month = batch_of(article.published_on) if article.published_on else ""
            target, known = filed(data, Path(path).name, settings.raw, batch or month)
        except (Refused, OtherFile, Unreadable, OSError) as error:
            refused += 1
            complain(say("error.line", what=path, error=reason(error, path, say)))
            continue
        new += not known
        print(say("add.known" if known else "add.filed", path=printable(path), target=near(target)))
    if new:
        print(say("add.next"))
    raise typer.Exit(UNREADABLE if refused else OK)


Batches = Annotated[list[str] | None, typer.Option("--batch", help="Only this folder of data/raw; may be given again.")]


@app.command("report")
def static_report(
    ctx: typer.Context,
    batch: Batches = None,
    article: Annotated[
        list[str] | None,
        typer.Option("--article", metavar="ID", help="Make the page of this article; may be repeated."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write the report: pages in English and Chinese that open from disk, made from what the warehouse holds."""
    say = language_of(ctx, lang)
    with status(say("run.starting")) as update:
        from hengshui_etl.keeping import refusing
        from hengshui_etl.report.build import UnknownArticle, build_report, page_of
        from hengshui_etl.settings import read_settings
        from hengshui_etl.warehouse import loaded_batches

        settings = read_settings()
        with refusing(say):
            loaded = loaded_batches(settings.database)
            if not loaded:
                raise Refused(say("report.empty"))
            for name in batch or ():
                if name not in loaded:
                    known = say("check.comma").join(loaded)
                    raise Refused(say("run.unknown_batch", batch=name, path=near(settings.database), batches=known))
            try:
                built = build_report(
                    settings,
                    batch or None,
                    lambda done, total: update(f"{say('report.building')} {done}/{total}"),
                    article or (),
                )
            except UnknownArticle as unknown:
                raise Refused(say("report.unknown_article", article=unknown)) from None
    for each in article or ():
        page = near(built.page.parent / page_of(settings, each, say.language))
        print(say("report.page_at", article=printable(each), path=page))
    print(say("report.built", n=built.articles, path=near(built.page)))


@app.command("query")
def answer_query(
    ctx: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="The query; - reads it from standard input.")],
    output: Annotated[Format, typer.Option("--format", help="For people, programs, or documents.")] = "table",
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="Most rows that are shown; 0 shows all.", show_default=False)
    ] = None,
    lang: LangOption = None,
) -> None:
    """Ask the warehouse in SQL. It is opened for reading only, and nothing else can be reached from a query."""
    from hengshui_etl.asking import show_answer
    from hengshui_etl.settings import read_settings

    show_answer(read_settings().database, sql, output, limit, language_of(ctx, lang))


@app.command("verify")
def verified(
    ctx: typer.Context,
    batch: Batches = None,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=0, help="Examine only so many articles again, the same ones each time."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Compare all that is stored with the raw files and with itself. Ends with 1 if anything differs."""
    say = language_of(ctx, lang)
    with status(say("run.starting")) as update:
        from hengshui_etl.keeping import verify_warehouse
        from hengshui_etl.settings import read_settings

        code = verify_warehouse(read_settings(), batch, sample, say, update)
    raise typer.Exit(code)


@app.command("rebuild")
def rebuilt(
    ctx: typer.Context,
    batch: Annotated[
        list[str] | None,
        typer.Option("--batch", help="Make the Parquet files of this batch anew from data/raw first; may be repeated."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Make the DuckDB file anew from the Parquet files, and with --batch these from the raw files."""
    say = language_of(ctx, lang)
    with status(say("run.starting")) as update:
        from hengshui_etl.keeping import rebuild_warehouse
        from hengshui_etl.settings import read_settings

        code = rebuild_warehouse(read_settings(), batch, say, update)
    raise typer.Exit(code)


alerts_app = typer.Typer(help="What was announced, and where to.", invoke_without_command=True)
app.add_typer(alerts_app, name="alerts")


@alerts_app.callback()
def alerts(ctx: typer.Context, lang: LangOption = None) -> None:
    """List what was announced, the newest first."""
    ctx.obj = lang or (ctx.parent.obj if ctx.parent else None)
    if ctx.invoked_subcommand is not None:
        return
    from hengshui_etl.alerts.announce import ledger_file
    from hengshui_etl.alerts.ledger import ledger, logged
    from hengshui_etl.settings import read_settings

    say, file = language_of(ctx, lang), ledger_file(read_settings())
    entries = []
    if file.exists():
        with ledger(file) as connection:
            entries = logged(connection, MOST_ALERTS)
    if not entries:
        print(say("alerts.empty"))
    for entry in entries:
        where = [say("alerts.delivered", n=entry.sent)] if entry.sent else []
        where += [say("alerts.waiting", n=entry.waiting)] if entry.waiting else []
        where += [say("alerts.gone", n=entry.gone)] if entry.gone else []
        where = where or [say("alerts.logged")]
        style: Style = "wrong" if entry.message.level == "error" else "warning"
        style = "good" if entry.message.level == "resolved" else style
        time = datetime.fromtimestamp(entry.made_at).isoformat(" ", "minutes")
        head = Line((Piece(f"{time}  "), Piece(entry.message.title, style), Piece(f"  ({', '.join(where)})", "dim")))
        write([head, *(Line((Piece(printable(text)),), 1) for text in entry.message.body.splitlines())])


@alerts_app.command("test")
def alerts_test(ctx: typer.Context) -> None:
    """Send a sample to every channel in HENGSHUI_ALERT_URLS, and tell which of them took it."""
    from hengshui_etl.alerts.channels import invalid, read_channels, taken
    from hengshui_etl.alerts.ledger import Message

    say = language_of(ctx, None)
    channels = read_channels()
    if not channels:
        raise Refused(say("alerts.none"))
    wrong = invalid(channels)
    refused = 0
    for channel in channels:
        if channel.name in wrong:
            refused += 1
            complain(say("error.plain", error=say("alerts.invalid", name=channel.name)))
        elif taken(channel, Message("info", say("alerts.test_title"), say("alerts.test_body"))):
            print(say("alerts.sent", name=channel.name))
        else:
            refused += 1
            complain(say("error.plain", error=say("alerts.refused", name=channel.name)))
    raise typer.Exit(WRONG if refused else OK)


@app.command()
def rule(
    ctx: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The article, as the report names it.")],
    check: Annotated[str, typer.Argument(metavar="CHECK", help="The failing check, such as c3.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the ruling.")],
    false_alarm: Annotated[
        bool,
        typer.Option("--false-alarm/--acknowledged", help="The article is right, or it is wrong and that is known."),
    ],
    lang: LangOption = None,
) -> None:
    """Rule on a failing check: it raises no alert any more, and is shown as ruled. Written to rulings.toml."""
    from hengshui_etl.rulings import Ruling, RulingsInvalid, Statement, append_ruling
    from hengshui_etl.settings import read_settings
    from hengshui_etl.warehouse import WarehouseBusy, failing_statements

    say, settings = language_of(ctx, lang), read_settings()
    try:
        failing = failing_statements(settings.database, article)
        if not failing:
            raise Refused(say("rule.nothing", article=article))
        if check not in failing:
            known = say("check.comma").join(failing)
            raise Refused(say("rule.unknown", article=article, check=check, known=known))
        kind, sentence, figures, sha256 = failing[check]
        ruling = Ruling(
            Statement(article, kind, sentence, figures),
            "false alarm" if false_alarm else "acknowledged",
            reason,
            date.today(),
            sha256,
        )
        append_ruling(settings.rulings, ruling)
    except (RulingsInvalid, WarehouseBusy) as error:
        raise Refused(str(error)) from None
    print(say("rule.done", path=near(settings.rulings), article=article, check=check, ruling=ruling.ruling))
    print(say("rule.next", path=near(settings.rulings)))


@app.command()
def ui(
    ctx: typer.Context,
    port: Annotated[int, typer.Option("--port", "-p", min=1, max=65535, help="Where the page is served.")] = 3000,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    lang: LangOption = None,
) -> None:
    """Open the Dagster UI on this project: assets, checks and runs, with its daemon for sensors and schedules."""
    from hengshui_etl.serving import is_free, serve
    from hengshui_etl.settings import read_settings

    say = language_of(ctx, lang)
    if not is_free(host, port):
        free = next((p for p in range(port + 1, min(port + 100, 65536)) if is_free(host, p)), port + 1)
        raise Refused(say("ui.taken", port=port, free=free))
    complain(say("ui.at", url=f"http://{host}:{port}"))
    raise typer.Exit(serve(read_settings(), host, port))


def language_of(ctx: typer.Context, lang: Language | None) -> Messages:
    """The texts of the language asked for, after the command or before it."""
    return messages(lang or ctx.obj or "en")
