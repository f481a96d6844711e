"""The steps from a cache to a model: a search, a training with teachers or without, fewer weights.

A judged fold goes all of this way by itself, so that nothing is chosen by the people it is judged on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from foretap_models.data import dataset as cache
from foretap_models.errors import TuneError
from foretap_models.learn import tune as search
from foretap_models.learn.distil import student, teachers
from foretap_models.learn.kept import Kept
from foretap_models.learn.learn import learn
from foretap_models.learn.learners import LEARNERS
from foretap_models.learn.model import Model
from foretap_models.learn.prune import prune as pruning
from foretap_models.learn.space import Space
from foretap_models.operations import Pipeline
from foretap_models.pipeline.step import SHIPPED, SPACE, Job, Step
from foretap_models.registry import lineage

MODEL, TUNED, TEACHERS = "model.npz", "tuned.json", "teachers"
"""What the steps leave: a model, the sections that a search changed, what teachers said."""

LEARNING = ("training", "dropout", "inner", "quantisation", "bundle", "seed")
"""Settings that a training depends on."""

TUNING = ("tune", *LEARNERS[SHIPPED].sections, "seed")
"""Settings that a search depends on."""

TEACHING = student(Kept()).sections
"""Settings that teachers depend on."""

PRUNING = ("pruning", "training", "dropout", "quantisation", "seed")
"""Settings that pruning depends on, besides the model."""


def steps(of: Pipeline, data: str, fold: int | None) -> list[Step]:
    """From a cache to a model of everyone outside a fold; the last one has it.

    Args:
        of: which of them there are.
        data: the step of the cache.
        fold: held out; `None` learns from everyone.
    """
    ending = "" if fold is None else f"-{fold}"
    made = []
    tuned = f"tune{ending}" if of.tune_trials else None
    if tuned:
        work: Callable[[Job], None] = partial(tune, fold=fold, data=data, trials=of.tune_trials)
        made.append(Step(tuned, work, "learn", (data,), files=(SPACE,), settings=TUNING))
    before = (data, tuned) if tuned else (data,)
    if of.distil:
        work = partial(distil, fold=fold, data=data, tuned=tuned)
        made.append(Step(f"distil{ending}", work, "learn", before, settings=tuple(dict.fromkeys(LEARNING + TEACHING))))
    else:
        work = partial(train, fold=fold, data=data, tuned=tuned)
        made.append(Step(f"train{ending}", work, "learn", before, settings=LEARNING))
    if of.prune:
        model = made[-1].name
        work = partial(prune, data=data, tuned=tuned, model=model, is_taught=of.distil)
        settings = tuple(dict.fromkeys(PRUNING + (TEACHING if of.distil else ())))
        made.append(Step(f"prune{ending}", work, "learn", (*before, model), settings=settings))
    return made


def tune(job: Job, fold: int | None, data: str, trials: int) -> None:
    """A cache -> the network's hyper-parameters that do best within the people learned from.

    Raises:
        TuneError: the space is of another learner than the one that ships.
    """
    (path,) = job.request.files[SPACE]
    config = job.request.config
    space = Space.read(path, config)
    if space.learner != SHIPPED:
        raise TuneError(f"{path}: what ships is {SHIPPED}, not {space.learner}")
    study = search.Study(space, search.Sampler.TPE, trials, job.request.seed)
    # A search goes on only under the very configuration that it began with.
    storage = job.kept / f"{lineage.config_hash(config)}.db"
    best, cost = search.tune(study, cache.load(job.results[data] / "cache"), config, fold, storage, job.progress)
    job.progress(f"log-loss {cost:.4f}")
    search.save(best, space, job.out / TUNED)


def train(job: Job, fold: int | None, data: str, tuned: str | None) -> None:
    """A cache -> model of everyone outside a fold."""
    config = search.tuned(job.request.config, job.results[tuned] / TUNED if tuned else None)
    dataset = cache.load(job.results[data] / "cache")
    learn(dataset, config, fold, job.request.seed, job.progress).save(job.out / MODEL)


def distil(job: Job, fold: int | None, data: str, tuned: str | None) -> None:
    """A cache -> model of everyone outside a fold, taught by teachers who never saw whom they were asked about."""
    config = search.tuned(job.request.config, job.results[tuned] / TUNED if tuned else None)
    dataset, seed = cache.load(job.results[data] / "cache"), job.request.seed
    teach = teachers(config, seed, Kept(job.kept), job.progress)
    learn(dataset, config, fold, seed, job.progress, teach=teach).save(job.out / MODEL)
    job.kept.rename(job.out / TEACHERS)


def prune(job: Job, data: str, tuned: str | None, model: str, is_taught: bool) -> None:
    """A model and its cache -> the same with fewer weights, taught as before."""
    config = search.tuned(job.request.config, job.results[tuned] / TUNED if tuned else None)
    dataset, whole = cache.load(job.results[data] / "cache"), Model.load(job.results[model] / MODEL)
    said = Kept(job.results[model] / TEACHERS)
    teach = teachers(config, job.request.seed, said, job.progress) if is_taught else None
    *_, last = pruning(whole, dataset, config, job.progress, teach)
    last.model.save(job.out / MODEL)
