"""The reports of a lake: noisy answers about days, each phone's of one week under one name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from foretap_models.data.uploads.lake import (
    ANSWER,
    SUM_BYTES,
    UploadsFile,
    numbers,
    pseudonyms,
    weeks,
)
from foretap_models.data.uploads.schema import Schema
from foretap_models.engine.engine import Engine
from foretap_models.errors import UploadsColumnError

UNASKED = -1
"""Where a row is older than the question."""


@dataclass(frozen=True)
class Reports:
    """n reports of q questions.

    Attributes:
        pseudonym: uint8 [n, 16], the same for all reports of a phone in one week, and never again.
        week: int64 [n], as 202648.
        model: [n], the first 16 hex digits of the model's SHA-256; empty where none answered that others have as well.
        answers: int64 [n, q], numbers of answers; `UNASKED` where there is none.
    """

    pseudonym: np.ndarray
    week: np.ndarray
    model: np.ndarray
    answers: np.ndarray

    def __len__(self) -> int:
        return len(self.week)

    @classmethod
    def read(cls, files: Sequence[UploadsFile], schema: Schema, engine: Engine) -> Reports:
        """Reads and checks files, one or more, whose reading was noted.

        Raises:
            UploadsFileError: one of its subclasses says what is wrong, and in which row of which file.
        """
        parts = list(engine.map(partial(_read, schema=schema), files))
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})


def _read(file: UploadsFile, schema: Schema) -> Reports:
    """Reads a file."""
    asked = [question for question in schema.questions if question.name in file.numbers]
    if not asked:
        raise UploadsColumnError(f"{file.place}: no column {schema.questions[0].name}")
    table = file.read(["pseudonym", "week", "model"], [question.name for question in asked])
    names, week = pseudonyms(table, file), weeks(table, file)
    models = table["model"].to_pylist()
    file.refuse(
        np.array([m is not None and len(m) != SUM_BYTES for m in models], bool), f"model is not {SUM_BYTES} bytes"
    )
    answers = np.full((len(week), len(schema.questions)), UNASKED, np.int64)
    for place, question in enumerate(schema.questions):
        if question not in asked:
            continue
        answer = numbers(table, f"{ANSWER}{question.name}")
        file.refuse((answer < 0) | (answer >= len(question.answers)), f"{question.name} is none of its answers")
        answers[:, place] = answer
    model = np.array(["" if m is None else m.hex()[:16] for m in models], "U16")
    return Reports(names, week, model, answers)
