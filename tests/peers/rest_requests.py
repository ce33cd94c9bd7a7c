#!/usr/bin/env python3
"""Holds every request that the tests make to the carrier's REST interface against the carrier's published description.

    python3 tests/peers/rest_requests.py FOLDER

Runs the tests that hand callers over, which write their requests down, and sends these to a mock server made from the
OpenAPI description of `@twilio-alpha/mcp` by `@stoplight/prism-cli`; both come into FOLDER by npm.
"""

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["@stoplight/prism-cli@5.16.0", "@twilio-alpha/mcp@0.7.0"]
DESCRIPTION = "node_modules/@twilio-alpha/mcp/twilio-oai/spec/json/twilio_api_v2010.json"
# Those that place calls and hand them over against the simulated carrier.
TESTS = ["agents::", "carrier::the_server_ends", "handoff"]
# All that the program can ask for.
KINDS = {
    "GET Calls/CA….json",
    "POST Calls.json",
    "POST Calls/CA….json Status",
    "POST Calls/CA….json Twiml",
    "POST Conferences/CF….json AnnounceUrl",
    "POST Conferences/CF….json Status",
    "POST Messages.json",
}
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
READY_WITHIN_S = 120


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if shutil.which("npm") is None:
        sys.exit("npm is missing; install Node.js 18 or later")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    subprocess.run([*npm, *PACKAGES], check=True)
    described = with_lists(json.loads((folder / DESCRIPTION).read_text()))
    description = folder / "with_lists.json"
    description.write_text(json.dumps(described))
    requests = made_in_tests()
    kinds = {kind(request) for request in requests}
    failed = 0
    with mock(folder, description) as base:
        def judge(request):
            return unknown_fields(described, request) or complaint(base, request)

        for request in requests:
            if trouble := judge(request):
                failed += 1
                print(f"FAIL  {kind(request)}: {trouble}")
        for what, request in broken(requests):
            if not judge(request):
                failed += 1
                print(f"FAIL  {what} goes unnoticed")
    for one in sorted(kinds):
        print(f"ok    {one}")
    for missing in sorted(KINDS - kinds):
        failed += 1
        print(f"FAIL  no test makes a request {missing}")
    for unknown in sorted(kinds - KINDS):
        failed += 1
        print(f"FAIL  nothing here spoils a request {unknown}")
    print(f"{len(requests)} requests, {failed} of them wrong")
    return 1 if failed else 0


def with_lists(description):
    """The description with what it leaves to the standard spelled out for the mock: a list is a field given several
    times."""
    for path in description["paths"].values():
        for operation in ("post", "get"):
            if body := form_of(path.get(operation, {})):
                properties = body["schema"].get("properties", {})
                lists = [name for name, schema in properties.items() if schema.get("type") == "array"]
                body["encoding"] = {name: {"style": "form", "explode": True} for name in lists}
    return description


def form_of(operation):
    return operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded")


def unknown_fields(description, request):
    """The fields that the description does not name; the mock passes over them."""
    for template, operations in description["paths"].items():
        named = "[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", template))
        if operation := operations.get(request["method"].lower()) if re.fullmatch(named, request["path"]) else None:
            body = form_of(operation) or {"schema": {}}
            return [name for name, _ in request["form"] if name not in body["schema"].get("properties", {})]
    return ["no such address"]


def made_in_tests():
    """What the tests asked of the carrier, each request once."""
    with tempfile.TemporaryDirectory() as folder:
        kept = pathlib.Path(folder) / "requests.jsonl"
        command = [os.environ.get("CARGO", "cargo"), "test", "--release", "--test", "it", "--", *TESTS]
        subprocess.run(command, cwd=ROOT, check=True, env=dict(os.environ, CALMLINE_REST_REQUESTS=str(kept)))
        lines = kept.read_text().splitlines() if kept.exists() else []
    requests = [json.loads(line) for line in sorted(set(lines))]
    if not requests:
        sys.exit("the tests made no requests")
    return requests


def kind(request):
    resource = request["path"].split("/", 4)[4]
    named = re.sub(r"(CA|CF)\w{32}", r"\1…", resource)
    fields = {name for name, _ in request["form"]}
    which = "".join(f" {name}" for name in ("Status", "Twiml", "AnnounceUrl") if name in fields)
    return f"{request['method']} {named}{which}"


def broken(requests):
    """Requests of every kind that must be complained of, so that silence means something."""
    by_kind = {kind(request): request for request in requests}

    def spoilt(which, **changes):
        if which in by_kind:
            yield f"{which} with other {', '.join(changes)}", dict(by_kind[which], **changes)

    def form(which, change):
        return [changed for field in by_kind.get(which, {"form": []})["form"] for changed in change(*field)]

    dial, over, move = "POST Calls.json", "POST Calls/CA….json Status", "POST Calls/CA….json Twiml"
    message, end = "POST Messages.json", "POST Conferences/CF….json Status"
    yield from spoilt(dial, form=form(dial, lambda name, value: [] if name == "From" else [[name, value]]))
    yield from spoilt(dial, form=[*form(dial, lambda *field: [list(field)]), ["Rings", "4"]])
    soon = form(dial, lambda name, value: [[name, "soon" if name == "Timeout" else value]])
    yield from spoilt(dial, form=soon)
    yield from spoilt(over, form=[["Status", "gone"]])
    yield from spoilt(move, form=[["Twiml", "<Response/>"], ["Words", "Goodbye"]])
    yield from spoilt(end, form=[["Status", "gone"]])
    yield from spoilt(message, form=form(message, lambda name, value: [] if name == "To" else [[name, value]]))
    for which in KINDS & by_kind.keys():
        yield from spoilt(which, method="PUT")
        # What a conference's id looks like, the description does not say.
        if "CA…" in which:
            yield from spoilt(which, path=re.sub(r"CA\w+", "CA1", by_kind[which]["path"]))


@contextlib.contextmanager
def mock(folder, description):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    prism = folder / "node_modules" / ".bin" / "prism"
    command = [prism, "mock", "--errors", "--host", "127.0.0.1", "--port", str(port), description]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(READY_WITHIN_S * 10):
            if process.poll() is not None:
                sys.exit(f"the mock server stopped with exit code {process.returncode}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def complaint(base, request):
    """What the mock says against a request; nothing if it would be granted."""
    credentials = base64.b64encode(b"account:secret").decode()
    headers = {"Authorization": f"Basic {credentials}"}
    data = None
    if request["method"] != "GET":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        data = urllib.parse.urlencode([tuple(field) for field in request["form"]]).encode()
    asked = urllib.request.Request(base + request["path"], data=data, headers=headers, method=request["method"])
    try:
        with OPENER.open(asked, timeout=30):
            return ""
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode(errors='replace')}"


if __name__ == "__main__":
    sys.exit(main())
