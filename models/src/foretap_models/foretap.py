"""The command line `foretap`, in Rust: what must not exist a second time in Python is asked of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from foretap_models.errors import ForetapDiedError, ForetapError, MissingForetapError

VARIABLE = "FORETAP"
"""Names the file, where it is none of those that are looked for."""

CHECKOUT = Path(__file__).parents[3]
"""The repository, where the package is used from it."""

REFUSED = (1, 2)
"""Its exit codes where something does not hold: 2 for a bad log, bundle or argument, 1 for anything else."""


def find() -> Path:
    """Where it is: as `FORETAP` says, else on the path, else the newest build of the checkout.

    Raises:
        MissingForetapError: nowhere.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if Path(named).is_file():
            return Path(named)
        raise MissingForetapError(f"{VARIABLE}={named}: there is no such file")
    if on_path := shutil.which("foretap"):
        return Path(on_path)
    builds = [CHECKOUT / "target" / profile / "foretap" for profile in ("release", "debug")]
    built = [build for build in builds if build.is_file()]
    if not built:
        raise MissingForetapError(
            "foretap is not built: `cargo build --release -p foretap-cli` does it in the checkout, "
            "`cargo install --path bindings/cli` puts it on the path; or name it in FORETAP"
        )
    return max(built, key=lambda build: build.stat().st_mtime)


def run(program: Path, arguments: Sequence[str | Path]) -> str:
    """Runs it; returns its stdout.

    Raises:
        ForetapError: it refused (exit code 1 or 2); the message is its own.
        ForetapDiedError: it could not be started, or was ended.
    """
    try:
        ended = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        raise ForetapDiedError(f"{program}: {error}") from error
    if ended.returncode in REFUSED:
        raise ForetapError((ended.stderr.strip() or ended.stdout.strip()).removeprefix("foretap: "))
    if ended.returncode != 0:
        raise ForetapDiedError(f"foretap {arguments[0]}: ended with {ended.returncode}")
    return ended.stdout
