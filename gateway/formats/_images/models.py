"""The two networks that read text, from the wheel of rapidocr, run by onnxruntime.

PP-OCRv6 (PaddleOCR, Apache-2.0): one finds where text stands, one reads a line of Chinese or
English. Only the model files of the wheel are used, none of its code, which would fetch others:
nothing here can open a connection.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gateway.errors import MissingDependency

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"

type Pixels = npt.NDArray[np.uint8]
type Numbers = npt.NDArray[np.float32]


class Network:
    """One model, loaded once, one processor thread.

    A second thread costs twice the processor time for a third less waiting, and items are judged
    side by side anyway. Without an arena the memory goes back after each run.

    Args:
        name: of the model's file.

    Raises:
        MissingDependency: the models are not installed.
    """

    def __init__(self, name: str) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        self._session: Any = onnxruntime.InferenceSession(
            str(_folder() / name), options, providers=["CPUExecutionProvider"]
        )
        self._input: str = self._session.get_inputs()[0].name

    def run(self, batch: Numbers) -> Numbers:
        """The network's first output for a batch of pictures (count, channel, height, width)."""
        result: Numbers = self._session.run(None, {self._input: batch})[0]
        return result

    def characters(self) -> tuple[str, ...]:
        """What the recogniser's classes stand for: the first is "nothing", the last a space."""
        listed = self._session.get_modelmeta().custom_metadata_map["character"]
        return ("", *listed.splitlines(), " ")


@cache
def detector() -> Network:
    """Says of each pixel how likely it is that text stands there."""
    return Network(_DETECTOR)


@cache
def recogniser() -> Network:
    """Reads a line, 48 pixels high."""
    return Network(_RECOGNISER)


@cache
def alphabet() -> tuple[str, ...]:
    """The recogniser's classes."""
    return recogniser().characters()


def normalised(pixels: Pixels) -> Numbers:
    """Pixels (height, width, blue-green-red) as the networks were trained to see them."""
    scaled = pixels.astype(np.float32)
    scaled /= 127.5
    scaled -= 1.0
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def _folder() -> Path:
    found = find_spec("rapidocr")
    if found is None or not found.submodule_search_locations:
        raise MissingDependency("text in pictures is read with rapidocr", "pip install rapidocr")
    return Path(found.submodule_search_locations[0]) / "models"
