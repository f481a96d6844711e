"""A drill of uploads from people to a retrained model, each step by the command that a person would type.

Two halves, between which `cargo xtask uploads` lets the phones of the other languages send to the same receiver:

- `phones FOLDER`: people record two weeks, allow both kinds of uploads, record three days more, read what waits and
  send it to the receiver at FOLDER/address over TLS 1.3;
- `learn FOLDER`: what they and the others sent lies in the lake, is prepared, trained on, and becomes a bundle; then
  one of them takes it back, and no byte of it is left in the receiver's folder.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import pyarrow.parquet as pq
from drilling import WHY, Drill, expect, wait

from foretap_models import foretap

PEOPLE = 60
BEFORE, AFTER = 14, 3
DAY_MS = 86_400_000
LEAST_PHONES = "5"
"""Far fewer than the 50 that are asked for in earnest: the drill has 60 phones."""
CONFIG = """
[bundle]
name = "uploads"
version = "v1.0"
logs = []

[training]
hidden = [32, 16]
epochs = 8
batch = 64
learning_rate = 2e-3
warm_up = 20
final_share = 0.05
weight_decay = 0.01
"""
START_WEIGHTS = foretap.CHECKOUT / "core" / "data" / "start_weights.tsv"
CHAINS = (("mail", "calendar", "maps"), ("chat", "news", "music"), ("video", "chat", "clock"), ("bank", "shop", "mail"))


class UploadDrill(Drill):
    """The steps of this one."""

    @property
    def server(self) -> str:
        """The receiver's URL."""
        address = (self.folder / "address").read_text(encoding="utf-8").strip()
        return f"https://localhost:{address.rsplit(':', 1)[1]}/"

    @property
    def authority(self) -> Path:
        """The certificate that it has made itself."""
        return self.folder / "receiver" / "tls" / "cert.pem"

    def log(self, person: int, *arguments: str | Path) -> str:
        """Runs `foretap log` on a person's log."""
        of = self.folder / "phones" / f"{person}"
        return self.foretap("log", f"{of}.db", "--key-file", f"{of}.key", "--no-model", *arguments)

    def upload(self, person: int, *arguments: str | Path) -> str:
        """Runs `foretap upload` on a person's log."""
        of = self.folder / "phones" / f"{person}"
        return self.foretap("upload", *arguments, "--db", f"{of}.db", "--key-file", f"{of}.key")

    def sends(self, person: int) -> dict[str, int]:
        """A person's run over TLS 1.3; returns what it reported."""
        return json.loads(self.upload(person, self.server, "--ca-file", self.authority, "--json"))

    def seals(self, person: int, before: int = BEFORE, after: int = AFTER) -> str:
        """A person records days, allows uploads and records more; returns what waits, as they read it."""
        folder = self.folder / "phones"
        folder.mkdir(parents=True, exist_ok=True)
        first_ms = (int(time.time()) // 86_400 - before - after) * DAY_MS
        for name, from_day, days in (("before", 0, before), ("after", before, after)):
            text = life(person, first_ms + from_day * DAY_MS, days, from_day)
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        self.log(person, "record", folder / "before.csv")
        self.log(person, "consent", "--reports", "yes", "--samples", "yes")
        self.log(person, "record", folder / "after.csv")
        return self.upload(person, "--preview")


def phones(run: UploadDrill) -> None:
    """People who allow it, use their phones, read what waits and send it."""
    sent: list[str] = []
    run.says(f"{PEOPLE} people record {BEFORE} days, allow uploads, record {AFTER} more, read what waits and send it")
    for person in range(PEOPLE):
        shown = run.seals(person)
        expect("mix_log_p" in shown and "mail" not in shown, shown[:2_000])
        names = samples_in(shown)
        told = run.sends(person)
        expect(told["taken"] == 1 and told["left"] == 0, told)
        sent += names
    (run.folder / "cli.sent").write_text("\n".join(sent), encoding="utf-8")
    (run.folder / "first.sent").write_text("\n".join(names), encoding="utf-8")
    run.says(f"{len(sent)} samples sent; the last person's batch began so:\n{shown[:900]}")


def learn(run: UploadDrill) -> None:
    """From the lake to a bundle, and back for one of them."""
    lake = run.folder / "receiver" / "lake"
    told = {name.stem: name.read_text(encoding="utf-8").split() for name in sorted(run.folder.glob("*.sent"))}
    told.pop("first")
    told_of = ", ".join(f"{len(names)} samples of {name}" for name, names in told.items())
    run.says(f"all of it lies in the lake: {told_of}")
    everything = {name for names in told.values() for name in names}
    wait(lambda: everything <= pseudonyms(lake), "what was sent is not in the lake")

    run.says(f"prepare, where {LEAST_PHONES} phones at least have a value; train, quantise, pack")
    config = run.folder / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    registry = ["--registry", f"sqlite:///{run.folder}/registry.db"]
    cache, model, parts = run.folder / "cache", run.folder / "model.npz", run.folder / "parts"
    uploads = ["--uploads", lake, "--least-phones", LEAST_PHONES]
    run.models("prepare", *uploads, "--out", cache, *registry, *WHY)
    run.models("train", cache, "--held-out-fold", "0", "--out", model, "--config", config)
    run.models("quantise", model, "--start-weights", START_WEIGHTS, "--out", parts)
    bundle = run.folder / "retrained.bundle"
    run.foretap("bundle", "pack", parts, "--out", bundle)
    run.says(run.foretap("bundle", "verify", bundle))

    run.says("one person takes it back")
    names = (run.folder / "first.sent").read_text(encoding="utf-8").split()
    last = PEOPLE - 1
    run.log(last, "consent", "--reports", "no", "--samples", "no")
    report = run.sends(last)
    expect(report["erasures"] >= 1 and report["left"] == 0, report)
    wait(lambda: not pseudonyms(lake) & set(names), "what was taken back is still in the lake")
    wait(lambda: not remnants(run.folder / "receiver", names), "a name of it is left in the receiver's folder")
    expect(pseudonyms(lake) >= everything - set(names), "others lost something")
    run.says("done")


def samples_in(shown: str) -> list[str]:
    """The pseudonyms of the samples that a preview shows."""
    return [line.split()[2].rstrip(",") for line in shown.splitlines() if line.strip().startswith("- sample ")]


def pseudonyms(lake: Path) -> set[str]:
    """Those of all samples in the lake."""
    found: set[str] = set()
    for path in lake.glob("samples/day=*/shard=*/*.parquet"):
        try:
            column = pq.read_table(path, columns=["pseudonym"], partitioning=None).column("pseudonym")
        except FileNotFoundError:
            continue
        found.update(value.hex() for value in column.to_pylist())
    return found


def remnants(folder: Path, names: list[str]) -> list[Path]:
    """The files that hold one of these names, as bytes or as digits."""
    needles = [bytes.fromhex(name) for name in names] + [name.encode() for name in names]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(needle in path.read_bytes() for needle in needles)]


def life(person: int, first_ms: int, days: int, from_day: int) -> str:
    """Days of somebody with habits of their own, as a plain log."""
    dice = random.Random(person * 1_000 + from_day)
    usual = [CHAINS[(person + part) % len(CHAINS)] for part in range(3)]
    lines = ["user,at_ms,utc_offset_min,kind,item"]
    for day in range(days):
        for hour in range(8, 22):
            at = first_ms + (day * 24 + hour) * 3_600_000 + dice.randrange(1_200_000)
            lines.append(f"me,{at},0,unlock,")
            chain = usual[hour % 3] if dice.random() < 0.8 else dice.choice(CHAINS)
            lines += [f"me,{at + 3_000 + 60_000 * step},0,launch,{item}" for step, item in enumerate(chain)]
            lines.append(f"me,{at + 600_000},0,lock,")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Runs half of the drill in a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("half", choices=("phones", "learn"))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    (phones if arguments.half == "phones" else learn)(UploadDrill(arguments.folder.resolve()))


if __name__ == "__main__":
    main()
