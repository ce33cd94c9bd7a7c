#!/usr/bin/env python3
"""Checks a running `calmline serve` with the signatures of Twilio's own library.

Genuine webhooks must be taken, tampered ones refused with 403, and the media socket must not open to a request
without a genuine signature. The server needs the same CALMLINE_TWILIO_AUTH_TOKEN as this script.

    python tests/peers/twilio_signer.py --base-url http://127.0.0.1:8080 [--public-url https://calls.example.com]
"""

import argparse
import os
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid

from twilio.request_validator import RequestValidator

VOICE, RESUME, STATUS, STREAM = "/twilio/voice", "/twilio/resume", "/twilio/status", "/twilio/stream"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", default="http://127.0.0.1:8080", help="where the server listens")
    parser.add_argument("--public-url", help="the server's public_url, which is signed; the base URL unless given")
    parser.add_argument("--to", default="+14155550100", help="a number of one of the server's businesses")
    parser.add_argument("--skip-socket", action="store_true", help="when require_stream_signature is off")
    options = parser.parse_args()
    token = os.environ.get("CALMLINE_TWILIO_AUTH_TOKEN")
    if not token:
        parser.error("set CALMLINE_TWILIO_AUTH_TOKEN to the server's")
    checks = Checks(options.base_url.rstrip("/"), (options.public_url or options.base_url).rstrip("/"), token)
    checks.webhooks(options.to)
    if not options.skip_socket:
        checks.socket()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


class Checks:
    def __init__(self, base, public, token):
        self.base, self.public = base, public
        self.signer = RequestValidator(token)
        self.stranger = RequestValidator(token + "0")
        self.passed = self.failed = 0

    def expect(self, what, got, good):
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'}  {what}: {got}")

    def webhooks(self, to):
        call = {
            "CallSid": f"CA{uuid.uuid4().hex}",
            "AccountSid": f"AC{uuid.uuid4().hex}",
            "From": "+14155550142",
            "To": to,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "CallerName": "Zoë & Søn <ltd> +1%",
        }
        status, body = self.post(VOICE, call, self.sign(VOICE, call))
        self.expect("a genuine call is taken", status, status == 200)
        self.expect("and connected to the media socket", "<Stream" in body, "<Stream" in body)
        over = dict(call, CallStatus="completed", CallDuration="1")
        for path, form in ((RESUME, dict(call, CallStatus="in-progress")), (STATUS, over)):
            status, _ = self.post(path, form, self.sign(path, form))
            self.expect(f"a genuine {path} is taken", status, 200 <= status < 300)
        twice = Repeated(over, Digits=["2", "1", "2"])
        status, _ = self.post(STATUS, twice, self.sign(STATUS, twice))
        self.expect("a genuine webhook with a field given thrice is taken", status, 200 <= status < 300)
        if (port := default_port(self.public)) is not None:
            parts = urllib.parse.urlsplit(self.public + STATUS)
            address = parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
            signature = self.signer.compute_signature(address, over)
            status, _ = self.post(STATUS, over, signature)
            self.expect("a genuine webhook signed with the default port is taken", status, 200 <= status < 300)

        signature = self.sign(VOICE, call)
        for what, path, form, signature in (
            ("without a signature", VOICE, call, None),
            ("with an empty signature", VOICE, call, ""),
            ("with a stranger's signature", VOICE, call, self.stranger.compute_signature(self.public + VOICE, call)),
            ("with another caller", VOICE, dict(call, From="+14155550143"), signature),
            ("with a field added", VOICE, dict(call, Extra="1"), signature),
            ("with a field left out", VOICE, {k: v for k, v in call.items() if k != "CallerName"}, signature),
            ("with a query added", VOICE + "?x=1", call, signature),
            ("sent to another webhook", STATUS, call, signature),
            ("signed for another host", VOICE, call, self.signer.compute_signature("https://x.example" + VOICE, call)),
        ):
            status, _ = self.post(path, form, signature)
            self.expect(f"a webhook {what} is refused", status, status == 403)

    def socket(self):
        url = "ws" + self.public.removeprefix("http") + STREAM
        for what, signature, good in (
            ("without a signature is refused", None, lambda status: 400 <= status < 500),
            ("with a stranger's signature is refused", self.stranger.compute_signature(url, {}), lambda s: s == 403),
            ("signed as a webhook is refused", self.sign(STREAM, {}), lambda status: status == 403),
            ("with a genuine signature is opened", self.signer.compute_signature(url, {}), lambda s: s == 101),
        ):
            status = self.upgrade(signature)
            self.expect(f"a media socket {what}", status, good(status))

    def sign(self, path, form):
        return self.signer.compute_signature(self.public + path, form)

    def post(self, path, form, signature):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        body = urllib.parse.urlencode(form, doseq=True).encode()
        request = urllib.request.Request(self.base + path, data=body, headers=headers)
        try:
            with OPENER.open(request, timeout=15) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def upgrade(self, signature):
        """Asks for the socket as a client would, and returns the status of the answer."""
        target = urllib.parse.urlsplit(self.base)
        lines = [
            f"GET {target.path}{STREAM} HTTP/1.1",
            f"Host: {target.netloc}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        if signature is not None:
            lines.append(f"X-Twilio-Signature: {signature}")
        with socket.create_connection((target.hostname, target.port or 80), timeout=15) as line:
            line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            answer = line.makefile("rb").readline().split()
        return int(answer[1]) if len(answer) > 1 else 0


class Repeated(dict):
    """A form in which a field may have several values, as the signer wants it."""

    def getall(self, name):
        value = self[name]
        return value if isinstance(value, list) else [value]


def default_port(url):
    """The port that the address means without naming it."""
    parts = urllib.parse.urlsplit(url)
    return None if parts.port else {"https": 443, "http": 80}[parts.scheme]


if __name__ == "__main__":
    sys.exit(main())
