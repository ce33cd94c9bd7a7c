#!/usr/bin/env python3
"""Measures the same recordings with openSMILE (eGeMAPSv02) and with `calmline stress`, and compares.

    opensmile_features.py PROGRAM [FOLDER]

FOLDER, or the environment's CALMLINE_BENCH_DATA, holds `dev_stress.tsv` and `dev_calm.tsv`; without it the callers of the
demo are measured. Prints the correlation over recordings for each measure, by values and by ranks, and how long both took
on one core. Fails when pitch or loudness correlate below 0.9, or another measure below 0.7. The means of openSMILE's
jitter and shimmer at 8 kHz are ruled by a few huge frames, so its medians over voiced frames are taken instead.
"""

import csv
import json
import os
import pathlib
import subprocess
import sys
import time

import audiofile
import numpy as np
import opensmile

CALLERS = pathlib.Path(__file__).resolve().parents[2] / "src" / "telephony" / "local" / "callers"
# Ours, theirs, the sign of theirs, and the least correlation that passes.
MEASURES = [
    ("pitch_semitones", "F0semitoneFrom27.5Hz_sma3nz_amean", 1, 0.9),
    ("loudness", "loudness_sma3_amean", 1, 0.9),
    ("alpha_db", "alphaRatioV_sma3nz_amean", -1, 0.7),
    ("hammarberg_db", "hammarbergIndexV_sma3nz_amean", 1, 0.7),
    ("hnr_db", "HNRdBACF_sma3nz_amean", 1, 0.7),
    ("shimmer_db", "shimmerLocaldB_sma3nz", 1, 0.7),
    ("jitter", "jitterLocal_sma3nz", 1, 0.7),
]


def main():
    program, *folder = sys.argv[1:]
    data = folder[0] if folder else os.environ.get("CALMLINE_BENCH_DATA")
    files = recordings(pathlib.Path(data)) if data else sorted(CALLERS.glob("*.flac"))
    started = time.monotonic()
    printed = subprocess.run([program, "stress", "--json", *files], check=True, capture_output=True, text=True).stdout
    our_seconds = time.monotonic() - started
    ours = [json.loads(line) for line in printed.splitlines()]
    signals = [audiofile.read(str(file)) for file in files]
    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.Functionals, num_workers=1)
    started = time.monotonic()
    theirs = [smile.process_signal(signal, rate).iloc[0] for signal, rate in signals]
    their_seconds = time.monotonic() - started
    medians = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors, num_workers=1)
    for one, (signal, rate) in zip(theirs, signals):
        frames = medians.process_signal(signal, rate)
        for name in ("shimmerLocaldB_sma3nz", "jitterLocal_sma3nz"):
            voiced = frames[name][frames[name] > 0]
            one[name] = voiced.median() if len(voiced) else 0.0
    seconds = sum(one["seconds"] for one in ours)
    print(f"{len(files)} recordings, {seconds:.0f} s of sound")
    print(f"a second of sound costs: calmline {1000 * our_seconds / seconds:.2f} ms (with start, scores and decoding), "
          f"openSMILE {1000 * their_seconds / seconds:.2f} ms")
    pairs = [(one["sound"], other) for one, other in zip(ours, theirs) if one["sound"]]
    failed = False
    print("| measure | correlation | of ranks |\n|---|---|---|")
    for our, their, sign, least in MEASURES:
        mine = np.array([one[our] for one, _ in pairs])
        other = sign * np.array([other[their] for _, other in pairs])
        plain, ranked = correlation(mine, other), correlation(ranks(mine), ranks(other))
        # The demo's callers are synthetic and their periods hardly vary.
        bad = plain < (least if data or least == 0.9 else 0.4)
        failed |= bad
        print(f"| {our} | {plain:.3f} | {ranked:.3f} |{' below ' + str(least) if bad else ''}")
    sys.exit(1 if failed else 0)


def recordings(folder):
    files = []
    for manifest in ("dev_stress.tsv", "dev_calm.tsv"):
        with open(folder / manifest, encoding="utf-8", newline="") as table:
            files += [folder / row["path"] for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return files


def ranks(values):
    return np.argsort(np.argsort(values)).astype(float)


def correlation(one, other):
    return float(np.corrcoef(one, other)[0, 1])


if __name__ == "__main__":
    main()
