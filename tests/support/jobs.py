"""Things for worker processes to do; in a module of their own, so that a fresh process can import them."""

import os
import time
from pathlib import Path


def square(number: int) -> int:
    return number * number


def square_slowly(number: int) -> int:
    time.sleep(0.2)
    return number * number


def square_after_a_loss(number: int, mark: str) -> int:
    """Ends the process the first time it is asked, and answers the second time."""
    path = Path(mark)
    if not path.exists():
        path.write_text("lost once", encoding="utf-8")
        os._exit(9)
    return number * number


def lose_the_process(number: int) -> int:
    os._exit(9)


def fail(number: int) -> int:
    raise ZeroDivisionError(f"job {number}")
