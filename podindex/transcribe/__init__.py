"""From chunks of audio to timed words: weights, worker processes, windows, decoding, judgement, timing, stitching."""
