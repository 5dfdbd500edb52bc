"""A process that pushes the batches in a file once it is told to, and prints the receipts.

Started as a script: `pusher.py URL TOKEN FILE`. It says "ready", waits for a line, and pushes batch after batch.
"""

import json
import sys
from pathlib import Path

import httpx


def main() -> None:
    url, token, file = sys.argv[1:]
    batches = json.loads(Path(file).read_text())
    receipts = []
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=120) as http:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for batch in batches:
            answer = http.post("/v1/sync/push", json={"mutations": batch})
            receipts += answer.raise_for_status().json()["receipts"]
    json.dump(receipts, sys.stdout)


if __name__ == "__main__":
    main()
