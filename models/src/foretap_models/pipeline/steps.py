"""The steps from features files to a Pending version: one entry each in the table of `steps`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from foretap_models import foretap
from foretap_models.bundle import parts
from foretap_models.data import dataset as cache
from foretap_models.data.features_file import FeaturesFile
from foretap_models.data.partition import of_files
from foretap_models.data.place import Place
from foretap_models.data.preparation import Recipe
from foretap_models.data.recording import checkout, record, record_once
from foretap_models.data.versions import least_phones
from foretap_models.engine.start import Kind, started
from foretap_models.evaluate import verdict
from foretap_models.learn import tune as search
from foretap_models.learn.model import Model
from foretap_models.pipeline import learning
from foretap_models.pipeline.learning import MODEL, TUNED
from foretap_models.pipeline.step import FEATURES, FORETAP, WEIGHTS, Job, Request, Step, fold_features
from foretap_models.provenance import said
from foretap_models.registry import lineage
from foretap_models.registry.dossier import DataSet, Dossier
from foretap_models.registry.evaluation import Evaluation
from foretap_models.registry.lineage import Lineage
from foretap_models.registry.registry import Registry

RECIPE = ("quality", "outlier", "binning")
"""Settings that a cache depends on."""


def steps(request: Request) -> list[Step]:
    """All of them. A judged fold has a cache of its own where it has features of its own, or where rules are fitted."""
    of, is_there = request.config.pipeline, request.data is not None and request.data.is_there
    is_fitted = bool(request.config.outlier or request.config.binning) and not is_there
    source = {k: fold_features(k) if fold_features(k) in request.files else FEATURES for k in of.judged_folds}
    own = [fold for fold in of.judged_folds if is_fitted or source[fold] != FEATURES]
    caches = [f"prepare-{fold}" if fold in own else "prepare" for fold in of.judged_folds]
    shipped = learning.steps(of, "prepare", None)
    judged = [learning.steps(of, data, fold) for data, fold in zip(caches, of.judged_folds, strict=True)]
    models = [chain[-1].name for chain in judged]
    model, tuned = shipped[-1].name, shipped[0].name if of.tune_trials else None
    seen = tuple(dict.fromkeys((*caches, *models)))
    made_of = ("prepare", *((tuned,) if tuned else ()), model, "pack", "evaluate")
    return [
        Step("prepare", prepare, "data", files=(FEATURES,), settings=(*RECIPE, "data")),
        *(
            Step(f"prepare-{k}", partial(prepare_fold, fold=k, source=source[k]), "data", (), (source[k],), RECIPE)
            for k in own
        ),
        *shipped,
        *(step for chain in judged for step in chain),
        Step("quantise", partial(quantise, model=model), "bundle", (model,), files=(WEIGHTS,)),
        Step("pack", pack, "bundle", ("quantise",), files=(FORETAP,)),
        Step("evaluate", partial(evaluate, caches=caches, models=models), "evaluate", seen, files=(FORETAP,)),
        Step(
            "register",
            partial(register, model=model, tuned=tuned),
            "registry",
            made_of,
            settings=tuple(request.settings()),
        ),
        Step("card", card, "registry", ("register",), settings=("registry",)),
    ]


def check(request: Request) -> None:
    """Refuses data of which nothing could be said on the card, before any of it has been looked at.

    Raises:
        ProvenanceError: neither they nor the configuration say whose they are.
        FeaturesFileError: a file is none of features.
    """
    of, config = request.data, request.config
    if of is not None and of.is_there and of.version:
        manifest = of.store.manifest(of.version)
        kinds, logs = {source.kind for source in manifest.sources}, manifest.learned_on
        phones = least_phones(manifest.transformations)
    else:
        phones = None
        kinds, logs = {"file"}, tuple(FeaturesFile.open(path).log for path in request.files[FEATURES])
    said(config.bundle, config.card, kinds, logs, phones)


def prepare(job: Job) -> None:
    """Features files, or a version of a data set -> training cache."""
    config, of, out = job.request.config, job.request.data, job.out / "cache"
    origins = of_files([Place(str(path)) for path in job.request.files[FEATURES]])
    recipe = Recipe(config.quality, config.outlier, config.binning)
    with started(Kind.LOCAL) as engine:
        if of is None:
            record(origins, recipe, engine, out, None, progress=job.progress)
        elif of.is_there and of.version:
            checkout(of.store, of.version, engine, out, job.progress)
        else:
            date = job.now().isoformat(timespec="seconds")
            record_once(origins, recipe, engine, out, of.store, of.version, date, job.progress)
    for line in cache.load(out).counts():
        job.progress(line)


def prepare_fold(job: Job, fold: int, source: str) -> None:
    """Features -> training cache whose rules and bins know nothing of a fold."""
    config = job.request.config
    origins = of_files([Place(str(path)) for path in job.request.files[source]])
    recipe = Recipe(config.quality, config.outlier, config.binning, fold)
    with started(Kind.LOCAL) as engine:
        record(origins, recipe, engine, job.out / "cache", None, progress=job.progress)


def quantise(job: Job, model: str) -> None:
    """Model -> parts."""
    (weights,) = job.request.files[WEIGHTS]
    parts.write(Model.load(job.results[model] / MODEL), parts.Arithmetic.INT8, weights, job.out / "parts")


def pack(job: Job) -> None:
    """Parts -> a bundle that phones can load."""
    (program,) = job.request.files[FORETAP]
    bundle = job.out / "foretap.bundle"
    foretap.run(program, ["bundle", "pack", job.results["quantise"] / "parts", "--out", bundle])
    foretap.run(program, ["bundle", "verify", bundle])


def evaluate(job: Job, caches: Sequence[str], models: Sequence[str]) -> None:
    """The models of the folds, each judged on the people it never saw -> figures and their table."""
    trials = [
        verdict.Trial(cache.load(job.results[data] / "cache"), Model.load(job.results[model] / MODEL))
        for data, model in zip(caches, models, strict=True)
    ]
    found = verdict.evaluate(trials, progress=job.progress)
    (job.out / "judged.json").write_text(json.dumps(found.json, indent=1) + "\n", encoding="utf-8")
    (job.out / "table.txt").write_text(verdict.table(found) + "\n", encoding="utf-8")


def register(job: Job, model: str, tuned: str | None) -> None:
    """Bundle, evaluation and lineage -> a Pending version, unless it is registered already."""
    config = search.tuned(job.request.config, job.results[tuned] / TUNED if tuned else None)
    bundle = (job.results["pack"] / "foretap.bundle").read_bytes()
    data = DataSet.of(cache.load(job.results["prepare"] / "cache"))
    judged = (job.results["evaluate"] / "judged.json").read_bytes()
    evaluation = Evaluation.of(judged, lineage.bundle_id(bundle), verdict.INT8)
    chain = Lineage(
        data=data.content,
        config=lineage.config_hash(config),
        code=lineage.code_hash(),
        model=lineage.file_hash(job.results[model] / MODEL),
        bundle=evaluation.bundle,
    )
    dossier = Dossier(chain, data, asdict(config), job.request.seed)
    with Registry.open(job.request.place, create=True, clock=job.now, progress=job.progress) as registry:
        # A run that was ended between the registration and the end of this step goes on here.
        name = registry.archive.twin(evaluation.bundle, evaluation.sha256()) or registry.register(
            bundle, evaluation, dossier, job.request.signature, job.request.version
        )
    job.progress(f"{name}: Pending")
    (job.out / "version.json").write_text(json.dumps({"version": name}) + "\n", encoding="utf-8")


def card(job: Job) -> None:
    """Version -> card."""
    with Registry.open(job.request.place, progress=job.progress) as registry:
        text = registry.archive.card(version(job.results["register"]))
    (job.out / "card.md").write_text(text, encoding="utf-8")


def version(registered: Path) -> str:
    """The version that `register` wrote into its results."""
    return json.loads((registered / "version.json").read_text(encoding="utf-8"))["version"]
