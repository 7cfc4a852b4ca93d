"""A student as data: which scripts it knows, and how likely it takes each to close a statement.

For a statement with features x, skeleton s closes it with log odds w_s . (x - mean) / scale + b_s.
A draw takes skeletons without replacement with odds^(1 / T) as weights (Gumbel noise on the scaled
log odds, the largest first), and arguments by how often the skeleton took them. The statement, the
attempt's number and the seed decide a draw, so two attempts are independent, and each can be drawn
again.

A student file is a NumPy archive of arrays and one JSON text, read with pickling disabled.
"""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from prover_arb.core.theorem import ToolchainIdentity, Value, fault, sha256
from prover_arb.errors import StudentError
from prover_arb.provers.students.features import features, features_sha256
from prover_arb.provers.students.skeletons import (
    Surroundings,
    computed,
    filled,
    slots_of,
    surroundings_of,
)
from prover_arb.scheduler.index.arrays import Floats

VERSION = 1
MAX_BYTES = 64_000_000
FREELY = 0.1
"""How often arguments are drawn at random, not from those a skeleton was seen with."""
TRIES = 8
"""How often arguments are drawn again that the statement has nothing for."""


class ModelCard(Value):
    """What is known about a student: what it learnt from, how, and how many of them."""

    version: int = VERSION
    name: str
    data_sha256: str
    """Hash of the examples that it learnt from."""
    export_sha256: str
    """Hash of the export that they were taken from."""
    runs: tuple[str, ...]
    teachers: dict[str, int]
    """By prover: proofs learnt from."""
    toolchain: ToolchainIdentity
    seed: int
    theorems: int
    """Theorems with a proof that it learnt from."""
    proofs: int
    failures: int
    tokens: int
    """Words of the proofs that it learnt from."""
    skeletons: int
    parameters: int
    temperature: float
    features_sha256: str
    held_out_pass: float
    """On a fifth of the training theorems that were left out for it: the expected share that
    eight draws of one script solve by scripts known to close them."""
    package_version: str


@dataclass(frozen=True)
class Student:
    """A trained student; arrays are [skeletons, features] or [features]."""

    card: ModelCard
    skeletons: tuple[str, ...]
    arguments: tuple[tuple[tuple[tuple[str, ...], int], ...], ...]
    """By skeleton: the arguments it was seen with, and how often."""
    forms: tuple[str, ...]
    """Digests of the forms of all statements that it learnt from; see problems/forms.py."""
    weights: Floats
    bias: Floats
    mean: Floats
    scale: Floats
    sha256: str = ""
    """Hash of the file it was read from."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickles compressed: Ray copies arguments of up to 100 KB, and restarts with no others."""
        values = [getattr(self, field.name) for field in fields(self)]
        return _unpacked, (zlib.compress(pickle.dumps(values)),)

    def log_odds(self, statement: str) -> Floats:
        """Returns what every skeleton's log odds of closing a statement are."""
        x = (features([statement])[0] - self.mean) / self.scale
        return np.asarray(self.weights @ np.clip(x, -8, 8) + self.bias)

    def draw(self, statement: str, *, number: int, seed: int, count: int) -> tuple[str, ...]:
        """Draws up to `count` different scripts for a statement."""
        key = sha256(statement, str(number), str(seed))
        random = np.random.default_rng(int(key[:16], 16))
        around = surroundings_of(statement)
        noise = random.gumbel(size=len(self.skeletons))
        order = np.argsort(-(self.log_odds(statement) / self.card.temperature + noise))
        scripts: dict[str, None] = {}
        for skeleton in order:
            if len(scripts) == count:
                break
            script = self._script(int(skeleton), around, random)
            if script is not None:
                scripts.setdefault(script)
        return tuple(scripts)

    def _script(
        self, skeleton: int, around: Surroundings, random: np.random.Generator
    ) -> str | None:
        text, known = self.skeletons[skeleton], self.arguments[skeleton]
        slots = slots_of(text)
        if not slots:
            return text
        counts = np.array([count for _, count in known], dtype=np.float64)
        for _ in range(TRIES):
            if random.random() < FREELY:
                arguments = _at_random(slots, around, random)
            else:
                arguments = known[int(random.choice(len(known), p=counts / counts.sum()))][0]
            script = None if arguments is None else filled(text, arguments, around)
            if script is not None:
                return script
        return None

    def save(self, path: Path) -> None:
        """Writes the student file.

        Raises:
            StudentError: the file cannot be written.
        """
        text = json.dumps(
            {
                "card": self.card.model_dump(mode="json"),
                "skeletons": self.skeletons,
                "forms": self.forms,
                "arguments": [[[list(a), n] for a, n in known] for known in self.arguments],
            },
            ensure_ascii=False,
        )
        stream = io.BytesIO()
        np.savez_compressed(
            stream,
            text=np.frombuffer(text.encode(), dtype=np.uint8),
            weights=self.weights.astype(np.float16),
            bias=self.bias.astype(np.float32),
            mean=self.mean.astype(np.float32),
            scale=self.scale.astype(np.float32),
        )
        try:
            path.write_bytes(stream.getvalue())
        except OSError as error:
            raise StudentError(f"{path}: cannot be written: {error.strerror}") from None


def _at_random(
    slots: str, around: Surroundings, random: np.random.Generator
) -> tuple[str, ...] | None:
    numbers = list(computed(around).values())
    arguments = []
    for slot in slots:
        choices = numbers if slot == "n" else [str(i) for i in range(len(around.names(slot)))]
        if not choices:
            return None
        arguments.append(choices[int(random.integers(len(choices)))])
    return tuple(arguments)


def _unpacked(packed: bytes) -> Student:
    return Student(*pickle.loads(zlib.decompress(packed)))


def read_student(path: Path) -> Student:
    """Reads a student file.

    Raises:
        StudentError: it cannot be read, is damaged or no student file, or was made by another
            version of this program; the message names the file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StudentError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise StudentError(f"{path}: {len(data)} bytes are more than a student file has")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            _require_small(archive)
            arrays = {name: archive[name] for name in archive.files}
        texts = json.loads(arrays.pop("text").tobytes().decode())
        student = _student(texts, arrays, hashlib.sha256(data).hexdigest())
    except ValidationError as error:
        raise StudentError(f"{path}: the model card: {fault(error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, EOFError, OSError):
        raise StudentError(
            f"{path}: not a student file, or a damaged one; `prover-arb distill train` writes one"
        ) from None
    if student.card.features_sha256 != features_sha256():
        raise StudentError(
            f"{path}: this student reads statements as another version of this program does "
            f"({student.card.package_version}); train it again with `prover-arb distill train`"
        )
    return student


def _require_small(archive: Any) -> None:
    sizes = [item.file_size for item in archive.zip.infolist()]
    if sum(sizes) > MAX_BYTES:
        raise ValueError("an archive that unpacks to more than a student file has")


def _student(texts: Mapping[str, Any], arrays: Mapping[str, Any], digest: str) -> Student:
    card = ModelCard.model_validate(texts["card"])
    skeletons = tuple(str(text) for text in texts["skeletons"])
    arguments = tuple(
        tuple((tuple(str(a) for a in args), int(count)) for args, count in known)
        for known in texts["arguments"]
    )
    floats = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
    forms = tuple(str(digest) for digest in texts["forms"])
    student = Student(card, skeletons, arguments, forms, **floats, sha256=digest)
    wide = len(student.mean)
    fits = (
        card.version == VERSION
        and card.temperature > 0
        and student.weights.shape == (len(skeletons), wide)
        and student.bias.shape == (len(skeletons),)
        and student.scale.shape == (wide,)
        and len(arguments) == len(skeletons) > 0
        and all(np.isfinite(array).all() for array in floats.values())
        and bool((student.scale > 0).all())
        and all(
            known and all(len(a) == len(slots_of(text)) and n > 0 for a, n in known)
            for text, known in zip(skeletons, arguments, strict=True)
        )
    )
    if not fits:
        raise ValueError("arrays that do not fit together")
    return student
