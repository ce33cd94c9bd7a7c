#!/usr/bin/env python3
"""Runs other people's clients and judges against the built program, in virtual environments under target/peers.

    python3 tests/peers/run.py light    the carrier's own library, a media-stream client, and the Standard Webhooks
                                        project's library against `calmline serve`
    python3 tests/peers/run.py all      and an independent conversion of the whisper weights (fetches 200 MB), calls with
                                        a language model on llama.cpp's server (fetches 130 MB), openSMILE's
                                        measures of voices against ours, and what the tests ask of the carrier
                                        against its published description (needs npm, fetches 140 MB)

Needs `cargo build --release` and `calmline models fetch` to have run.
"""

import base64
import contextlib
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "peers"
PROGRAM = ROOT / "target" / "release" / "calmline"
READY_WITHIN_S = 300


def main():
    if sys.argv[1:] not in (["light"], ["all"]):
        sys.exit(__doc__)
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is missing; run `cargo build --release` first")
    python = environment("light", ["-r", str(HERE / "requirements.txt")])
    failed = 0
    with server(require_stream_signature=True) as (url, variables):
        failed += run([python, HERE / "twilio_signer.py", "--base-url", url], variables)
    with server(require_stream_signature=False) as (url, variables):
        failed += run([python, HERE / "streamdouble_call.py", "--base-url", url], variables)
    failed += webhooks(python)
    if sys.argv[1] == "all":
        failed += conversion()
        failed += language_model()
        python = environment("opensmile", ["opensmile==2.6.0"])
        failed += run([python, HERE / "opensmile_features.py", PROGRAM], os.environ)
        failed += run([sys.executable, HERE / "rest_requests.py", ROOT / "target" / "peers" / "rest"], os.environ)
    print("all peers agree" if not failed else f"{failed} of the peers disagree")
    sys.exit(1 if failed else 0)


def environment(name, packages):
    """Makes a virtual environment with the packages and returns its interpreter."""
    folder = ROOT / "target" / "peers" / name
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def webhooks(python):
    """Has the events after a call checked by the reference library."""
    port = free_port()
    with server(False, f'notify.webhook_url = "http://127.0.0.1:{port}/hook"\n') as (url, variables):
        script = HERE / "standard_webhooks.py"
        return run([python, script, "--base-url", url, "--port", str(port)], variables)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(require_stream_signature, settings=""):
    """Serves the example business on a free port of the loopback address, with secrets made for the occasion."""
    address = f"127.0.0.1:{free_port()}"
    url = f"http://{address}"
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    variables = dict(
        os.environ, CALMLINE_TWILIO_AUTH_TOKEN=secrets.token_hex(16), CALMLINE_WEBHOOK_SECRET=secret
    )
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "calmline.toml"
        shutil.copytree(ROOT / "config" / "businesses", pathlib.Path(folder) / "businesses")
        config.write_text(
            f'server.listen = "{address}"\nserver.public_url = "{url}"\nserver.drain_seconds = 1\n'
            f'twilio.account_sid = "AC{"0" * 32}"\ntwilio.api_base_url = "http://127.0.0.1:9"\n'
            f"twilio.require_stream_signature = {str(require_stream_signature).lower()}\n{settings}"
        )
        process = subprocess.Popen([PROGRAM, "--config", config, "serve"], env=variables)
        try:
            wait_until_ready(url, process)
            yield url, variables
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(url, process):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(READY_WITHIN_S * 10):
        if process.poll() is not None:
            sys.exit(f"the server stopped with exit code {process.returncode}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if opener.open(f"{url}/readyz", timeout=5).status == 200:
                return
        time.sleep(0.1)
    sys.exit("the server did not get ready")


def conversion():
    """Has the whisper weights converted by numpy code that shares nothing with the program's."""
    python = environment("convert", ["numpy"])
    packages = ROOT / "target" / "peers" / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    models = subprocess.run([PROGRAM, "models", "path"], check=True, capture_output=True, text=True).stdout.strip()
    return run([python, HERE / "ct2_to_ggml.py", "check", models, packages], os.environ)


def language_model():
    """Has calls held with a language model that is served on this machine."""
    python = environment("language_model", ["--no-deps", "-r", str(HERE / "language_model.txt")])
    return run([python, HERE / "language_model.py", PROGRAM], os.environ)


def run(command, variables):
    print(f"── {pathlib.Path(command[1]).name}", flush=True)
    return 1 if subprocess.run(command, env=variables).returncode else 0


if __name__ == "__main__":
    main()
