"""faster-whisper alone on whole files, for comparison: one process, all cores, word times.

python benchmarks/peer_faster_whisper.py batched|sequential MODEL BEAM AUDIO…
"""

import os
import sys

from podindex.transcribe.models import choose_model


def main(mode: str, model_name: str, beam_size: str, *paths: str) -> None:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    cores = len(os.sched_getaffinity(0))
    model = WhisperModel(str(choose_model(model_name).path), device="cpu", compute_type="int8", cpu_threads=cores)
    for path in paths:
        if mode == "batched":
            # 8 was its best batch size on two cores.
            pipeline = BatchedInferencePipeline(model)
            segments, _ = pipeline.transcribe(path, beam_size=int(beam_size), batch_size=8, word_timestamps=True)
        else:
            segments, _ = model.transcribe(path, beam_size=int(beam_size), word_timestamps=True)
        for _ in segments:
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
