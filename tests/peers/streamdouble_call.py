#!/usr/bin/env python3
"""Lets the media-stream simulator `streamdouble` call a running `calmline serve`, and checks that it is answered.

The call is announced with a signed webhook, as the carrier would; the stream's token is taken out of the answer.
Streamdouble signs nothing, so the server needs `require_stream_signature = false`, and the same
CALMLINE_TWILIO_AUTH_TOKEN as this script.

    python tests/peers/streamdouble_call.py --base-url http://127.0.0.1:8080 [--audio caller.wav]
"""

import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import uuid
import wave
import xml.etree.ElementTree as ElementTree

from twilio.request_validator import RequestValidator

VOICE = "/twilio/voice"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", default="http://127.0.0.1:8080", help="where the server listens")
    parser.add_argument("--public-url", help="the server's public_url, which is signed; the base URL unless given")
    parser.add_argument("--to", default="+14155550100", help="a number of one of the server's businesses")
    parser.add_argument("--audio", help="what the caller says, a WAV file; a faint noise unless given")
    parser.add_argument("--max-first-audio-ms", type=int, default=5000, help="fail when the first audio takes longer")
    options = parser.parse_args()
    token = os.environ.get("CALMLINE_TWILIO_AUTH_TOKEN")
    if not token:
        parser.error("set CALMLINE_TWILIO_AUTH_TOKEN to the server's")
    base = options.base_url.rstrip("/")
    public = (options.public_url or options.base_url).rstrip("/")
    url, parameters = announce(base, public, token, options.to)
    with tempfile.TemporaryDirectory() as folder:
        audio = options.audio or faint_noise(os.path.join(folder, "caller.wav"))
        report = call(url, parameters, audio, options.max_first_audio_ms)
    print(json.dumps(report, indent=2))
    answered = report["time_to_first_audio_ms"] is not None and not report["violations"]
    return 0 if answered and report["exit_code"] == 0 else 1


def announce(base, public, token, to):
    """Posts the webhook of a new call; returns the socket's address on this machine and the stream's parameters."""
    form = {
        "CallSid": f"CA{uuid.uuid4().hex}",
        "AccountSid": f"AC{uuid.uuid4().hex}",
        "From": "+14155550142",
        "To": to,
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(public + VOICE, form)}
    request = urllib.request.Request(base + VOICE, data=urllib.parse.urlencode(form).encode(), headers=headers)
    with OPENER.open(request, timeout=15) as response:
        stream = ElementTree.fromstring(response.read()).find("./Connect/Stream")
    if stream is None:
        sys.exit("the server did not answer the webhook with a stream")
    path = stream.get("url").removeprefix("ws" + public.removeprefix("http"))
    local = "ws" + base.removeprefix("http") + path
    return local, {parameter.get("name"): parameter.get("value") for parameter in stream.findall("Parameter")}


def call(url, parameters, audio, max_first_audio_ms):
    """Runs streamdouble and returns its report."""
    command = [sys.executable, "-m", "streamdouble.cli", "call", url, "--audio", audio, "--json"]
    command += ["--max-first-audio-ms", str(max_first_audio_ms), "--response-timeout", "10"]
    for name, value in parameters.items():
        command += ["--param", f"{name}={value}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    if not done.stdout.strip():
        sys.exit(f"streamdouble gave no report (exit code {done.returncode}): {done.stderr.strip()}")
    return json.loads(done.stdout)


def faint_noise(path):
    """Writes three seconds of a quiet room, 8 kHz."""
    dice = random.Random(1)
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", dice.randint(-20, 20)) for _ in range(24000)))
    return path


if __name__ == "__main__":
    sys.exit(main())
