"""Check the evidence of a signature. Nothing but Python's own library is used, so that it works without Odoo.

This file comes along with each export, as verify.py. In the folder of the unpacked files, or anywhere else:

    python3 verify.py evidence.zip

It says "intact", or what doesn't fit, and ends with 0 or 1.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

CONTENT, EVIDENCE, CHAIN = "content.json", "evidence.json", "chain.json"
PDF, SIGNATURE, PHOTOS = "change_order.pdf", "signature.", "photos/"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def find_problems(files):
    """Return what doesn't fit, as sentences.

    :param dict files: content of each file, as bytes, by its name in the export
    """
    missing = [name for name in (CONTENT, EVIDENCE, CHAIN) if name not in files]
    if missing:
        return [f"{name} is missing." for name in missing]
    try:
        evidence, chain = json.loads(files[EVIDENCE]), json.loads(files[CHAIN])
        facts = evidence["facts"]
        return [
            *find_file_problems(files, facts),
            *find_link_problems(sha256(files[EVIDENCE]), evidence, chain),
            *find_chain_problems(chain),
        ]
    except (KeyError, TypeError, ValueError) as error:
        return [f"A file can't be read: {error!r}"]


def find_file_problems(files, facts):
    """Each file must have the fingerprint that the evidence gives it, and none may be missing or too many."""
    if sha256(files[CONTENT]) != facts["content"]:
        yield f"{CONTENT} is not what was signed."
    expected = {}
    if facts["pdf"]:
        expected[PDF] = facts["pdf"]
    if facts["signature"]:
        expected[next((name for name in files if name.startswith(SIGNATURE)), SIGNATURE)] = facts["signature"]
    for name, fingerprint in expected.items():
        if name not in files:
            yield f"{name} is missing."
        elif sha256(files[name]) != fingerprint:
            yield f"{name} is not the one that the evidence was made of."
    photos = sorted(sha256(content) for name, content in files.items() if name.startswith(PHOTOS))
    if photos != sorted(facts["photos"]):
        yield "The photos are not those of the offer."


def find_link_problems(fingerprint, evidence, chain):
    """The evidence must be the link of the chain that it says."""
    link = next((link for link in chain if link["link"] == evidence["link"]), None)
    if link is None:
        yield f"Link {evidence['link']} is missing in the chain."
    elif link["evidence"] != fingerprint or link["previous"] != evidence["previous"]:
        yield f"Link {evidence['link']} of the chain is not this evidence: one of them was altered."


def find_chain_problems(chain):
    """Each link holds the fingerprint of the one before it, so that none can be altered or taken out."""
    previous = ""
    for number, link in enumerate(chain, 1):
        if link["link"] != number:
            yield f"Link {number} of the chain is missing."
            return
        if link["previous"] != previous:
            yield f"Link {number} of the chain doesn't follow link {number - 1}: one of them was altered."
        previous = link["evidence"]


def read_files(path):
    """Return the files of an export, a ZIP file or the folder in which it was unpacked."""
    path = Path(path)
    if path.is_dir():
        return {
            file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()
        }
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def main(arguments):
    try:
        files = read_files(arguments[0] if arguments else Path(__file__).parent)
    except (OSError, zipfile.BadZipFile) as error:
        say(f"It can't be read: {error}")
        return 1
    problems = find_problems(files)
    say(*(problems or ["intact"]))
    if not problems:
        facts = json.loads(files[EVIDENCE])["facts"]
        say(
            f"Signed by {facts['signed_by']} on {facts['signed_on']} (UTC)",
            f"Fingerprint of what was signed: {facts['content']}",
        )
    return 1 if problems else 0


def say(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
