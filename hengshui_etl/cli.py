"""The entry point `hengshui-etl`: whatever goes wrong is one line and a number for the shell, never a traceback.

Belongs here: starting the right command at once. The plain forms of `check` are read here, without typer: with
pydantic, which it loads, typer takes as long to start as the check itself.
Does not belong here: what commands do (`checking.py`, `commands.py`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple, cast, get_args

from hengshui_etl.checking import OK, UNREADABLE, Output, Refused, check_files, debugging, internal
from hengshui_etl.console import complain, use_utf8
from hengshui_etl.messages import LANGUAGES, Language, messages
from hengshui_etl.settings import SettingInvalid


class Check(NamedTuple):
    """What a plain `check` asks for."""

    files: tuple[str, ...]
    output: Output
    language: Language


def main() -> None:
    """Run the command and leave with its exit status."""
    use_utf8()
    try:
        code = _exit_status(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our answers has seen enough, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 141
    channels = sys.modules.get("hengshui_etl.alerts.channels")
    if channels is not None and channels.hanging:
        sys.stderr.flush()
        os._exit(code)  # everything is done and stored; threads that hang would be waited for
    sys.exit(code)


def plain_check(arguments: Sequence[str], language: str = "en") -> Check | None:
    """What `check` is asked for; None where typer has to say: help, wrong arguments, any other command."""
    if arguments[:1] != ["check"]:
        return None
    chosen = {"--format": "table", "--lang": language}
    files: list[str] = []
    rest = iter(arguments[1:])
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            files += rest
        elif name in chosen:
            chosen[name] = value if equals else next(rest, "")
        elif word.startswith("-") and word != "-":
            return None
        else:
            files.append(word)
    output, lang = chosen["--format"], chosen["--lang"]
    if not files or output not in get_args(Output) or lang not in LANGUAGES:
        return None
    return Check(tuple(files), cast("Output", output), lang)


def _exit_status(arguments: Sequence[str]) -> int:
    try:
        if (check := plain_check(arguments, os.environ.get("HENGSHUI_LANG") or "en")) is not None:
            return check_files(check.files, check.output, messages(check.language))
        from hengshui_etl.commands import app

        return int(app(prog_name="hengshui-etl", standalone_mode=False) or OK)
    except Refused as error:
        complain(messages()("error.plain", error=error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:
        if hasattr(error, "format_message"):  # typer on the arguments; it does not name the class for others to catch
            if text := error.format_message():  # empty where the help was shown instead
                context = getattr(error, "ctx", None)
                complain(f"hengshui-etl: {text}  ({context.command_path if context else 'hengshui-etl'} --help)")
        elif isinstance(error, SettingInvalid):
            complain(messages()("error.plain", error=error))
        elif type(error).__name__ == "Abort":  # typer's word for Ctrl+C
            return 130
        elif debugging():
            raise
        else:
            complain(messages()("error.plain", error=internal(error, messages())))
    return UNREADABLE
