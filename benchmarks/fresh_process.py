"""A call in a process of its own, so that its time and memory are its own."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")


def in_fresh_process(function: Callable[..., Answer], *arguments: object) -> Answer:
    """What a function of a module returns when a new process calls it."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(function, *arguments).result()
