#!/usr/bin/env python3
"""Checks the events of a running `calmline serve` with the Standard Webhooks project's own library.

A call is announced and ended, signed as Twilio does. The events that follow must verify, a changed one must not, and an
event whose receiver failed must come again under the same id and be signed anew. The server needs `notify.webhook_url`
set to http://127.0.0.1:PORT/hook and the same CALMLINE_TWILIO_AUTH_TOKEN and CALMLINE_WEBHOOK_SECRET as this script.

    python tests/peers/standard_webhooks.py --base-url http://127.0.0.1:8080 --port 9001
"""

import argparse
import http.server
import json
import os
import queue
import sys
import threading
import urllib.parse
import urllib.request
import uuid

from standardwebhooks import Webhook, WebhookVerificationError
from twilio.request_validator import RequestValidator

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
WITHIN_S = 60


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", default="http://127.0.0.1:8080", help="where the server listens")
    parser.add_argument("--port", type=int, required=True, help="where its events are to go")
    parser.add_argument("--to", default="+14155550100", help="a number of one of the server's businesses")
    options = parser.parse_args()
    verifier = Webhook(os.environ["CALMLINE_WEBHOOK_SECRET"])
    came = queue.Queue()
    receiver = http.server.HTTPServer(("127.0.0.1", options.port), handler(came))
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    call(options.base_url.rstrip("/"), options.to)

    passed = []
    first, again = came.get(timeout=WITHIN_S), came.get(timeout=WITHIN_S)
    for what, (headers, body) in (("an event", first), ("the same event after a failure", again)):
        event = verifier.verify(body, headers)
        passed.append(expect(f"{what} verifies", event["type"], event["type"] == "call.ended"))
    ids = [headers["webhook-id"] for headers, _ in (first, again)]
    passed.append(expect("its id stays the same", ids, ids[0] == ids[1]))
    headers, body = first
    for what, wrong in (
        ("with another body", (body.replace(b"call", b"cell"), headers)),
        ("with another id", (body, dict(headers, **{"webhook-id": "1"}))),
        ("of another time", (body, dict(headers, **{"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}))),
    ):
        passed.append(expect(f"an event {what} does not verify", "refused", refuses(verifier, *wrong)))
    print(f"{sum(passed)} passed, {len(passed) - sum(passed)} failed")
    return 0 if all(passed) else 1


def handler(came):
    class Handler(http.server.BaseHTTPRequestHandler):
        failed = False

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            came.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204 if Handler.failed else 500)
            Handler.failed = True
            self.end_headers()

        def log_message(self, *_):
            pass

    return Handler


def call(base, to):
    """Has a call come in and end at once."""
    signer = RequestValidator(os.environ["CALMLINE_TWILIO_AUTH_TOKEN"])
    fields = {
        "CallSid": f"CA{uuid.uuid4().hex}",
        "AccountSid": f"AC{uuid.uuid4().hex}",
        "From": "+14155550142",
        "To": to,
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    for path, form in (("/twilio/voice", fields), ("/twilio/status", dict(fields, CallStatus="completed"))):
        headers = {"X-Twilio-Signature": signer.compute_signature(base + path, form)}
        request = urllib.request.Request(base + path, urllib.parse.urlencode(form).encode(), headers)
        OPENER.open(request, timeout=15).read()


def refuses(verifier, body, headers):
    try:
        verifier.verify(body, headers)
    except (WebhookVerificationError, json.JSONDecodeError):
        return True
    return False


def expect(what, got, good):
    print(f"{'ok  ' if good else 'FAIL'}  {what}: {got}")
    return good


if __name__ == "__main__":
    sys.exit(main())
