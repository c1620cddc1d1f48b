#!/usr/bin/env python3
"""Let many customers sign at the same moment, and hold what comes of it against its limits.

    python3 scripts/storm.py                     everything, about 15 minutes
    python3 scripts/storm.py alone orders        only these
    python3 scripts/storm.py --kills 10          fewer workers killed

Odoo runs with four workers and its jobs on a database of its own, which is dropped afterwards; customers and mail
server are threads of this script, all on this machine. Ends with code 1 when a limit is not held.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import re
import signal
import socketserver
import statistics
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path

from bench import Bench, Row, table
from environment import console, database, runtime
from environment.console import say, step
from environment.server import serving_process

WORKERS = 4
#: One transparent pixel: the smallest signature that is a picture.
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
SECONDS_PER_REQUEST = 60
SECONDS_PER_SCENE = 240  # then the customers give up, and what they have not signed counts against it
SECONDS_FOR_PDFS = 900
STATE = re.compile(r'data-state="(\w+)"')
HASH = re.compile(r'data-content-hash="(\w+)"')
HALF_APPLIED = """
    SELECT count(*)
      FROM sale_change_order change
      JOIN sale_order ON sale_order.id = change.order_id
 LEFT JOIN LATERAL (
           SELECT count(*) FILTER (WHERE line.display_type = 'line_section') AS sections,
                  count(*) FILTER (WHERE line.display_type IS NULL) AS lines
             FROM sale_order_line line WHERE line.change_order_id = change.id) applied ON TRUE
     WHERE change.id = ANY(%s)
       AND (  (change.state = 'signed') <> (applied.lines = 1)
           OR applied.lines <> applied.sections
           OR (change.state = 'signed') <> (change.signed_hash IS NOT NULL AND change.signed_pdf_state IS NOT NULL)
           OR sale_order.amount_untaxed <> %s + %s * (
                SELECT count(*) FROM sale_change_order other
                 WHERE other.order_id = change.order_id AND other.state = 'signed'))
"""
ORDER_AMOUNT, OFFER_AMOUNT = 1000, 85  # of benchmarks/storm_offers.py
NOT_ONCE = """
    SELECT count(*)
      FROM sale_change_order change
     WHERE change.id = ANY(%s) AND change.state = 'signed'
       AND (  change.signed_pdf_state <> 'done'
           OR 1 <> (SELECT count(*) FROM ir_attachment
                     WHERE res_model = 'sale.change.order' AND res_id = change.id AND mimetype = 'application/pdf')
           OR 1 <> (SELECT count(*) FROM mail_message
                     WHERE model = 'sale.change.order' AND res_id = change.id AND message_type = 'comment'))
"""


class Customer:
    """Somebody with the link to an offer, as the page behaves in their browser."""

    #: Odoo queues so many requests. What the kernel gets beyond, it drops, and a worker may wait seconds for the rest.
    connections = threading.BoundedSemaphore(8 * WORKERS)

    def __init__(self, address: str, offer, deadline: float, loads_again: bool = False):
        self.host = urllib.parse.urlsplit(address).netloc
        self.loads_again = loads_again
        self.id, self.token = offer
        self.deadline = deadline
        self.content_hash = None
        self.answers = Counter()
        self.seconds = []  # that each signature took, answered however

    def _request(self, method: str, path: str, body=None) -> str:
        with (
            self.connections,
            contextlib.closing(http.client.HTTPConnection(self.host, timeout=SECONDS_PER_REQUEST)) as connection,
        ):
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body and json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode()
        if response.status != http.client.OK:
            raise http.client.HTTPException(f"{method} {path}: {response.status}")
        return text

    def load(self) -> str:
        """Load the page; return the state that it shows."""
        text = self._request("GET", f"/my/change_orders/{self.id}?access_token={self.token}")
        found = HASH.search(text)
        self.content_hash = found and found[1]
        return STATE.search(text)[1]

    def sign(self) -> dict:
        started = time.monotonic()
        params = {
            "access_token": self.token,
            "name": "Lena Sommer",
            "signature": SIGNATURE,
            "content_hash": self.content_hash,
        }
        try:
            answer = self._request("POST", f"/my/change_orders/{self.id}/accept", {"jsonrpc": "2.0", "params": params})
        finally:
            self.seconds.append(time.monotonic() - started)
        return json.loads(answer).get("result") or {"error": "the server's error"}

    def sign_until_signed(self) -> None:
        """Load the page and sign; when told that something has changed, sign what the page shows then.

        The page shows it at once, without being loaded again, unless the customer loads it again all the same.
        """
        answer = {}
        while time.monotonic() < self.deadline:
            try:
                self.content_hash = answer.get("content_hash")
                if self.loads_again or not self.content_hash:
                    state = self.load()
                    if state == "signed":
                        self.answers["found it signed"] += 1
                        return
                answer = self.sign()
            except (OSError, http.client.HTTPException):
                answer = {}
                self.answers["got no answer"] += 1
                time.sleep(0.1)
                continue
            if answer.get("force_refresh"):
                self.answers["signed"] += 1
                return
            self.answers[re.sub(r"^\S+/C\d+ ", "", answer["error"])[:30]] += 1
        self.answers["gave up"] += 1


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that counts what it is given, by what it is about and to whom."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), MailHandler)
        self.mails = Counter()


class MailHandler(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 here")
        to = []
        for line in iter(self.rfile.readline, b""):
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say("354 go on")
                self.take(to)
                to = []
            elif word == b"QUIT":
                self.say("221 bye")
                return
            elif line.upper().startswith(b"RCPT TO:"):
                to.append(line.decode().split("<")[-1].split(">")[0])
            self.say("250 here") if word != b"DATA" else None

    def take(self, to):
        lines = list(iter(lambda: self.rfile.readline().rstrip(b"\r\n"), b"."))
        text = b"\n".join(lines).decode(errors="replace")
        about = re.search(r"X-Odoo-Objects: \S*?sale\.change\.order-(\d+)", text)
        if about:
            self.server.mails.update((int(about[1]), receiver) for receiver in to)
        self.say("250 taken")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Storm:
    def __init__(self, environment, name: str, url: str, process, mailbox: Mailbox, kills: int):
        self.bench = Bench(environment, 0, False)
        self.environment, self.name, self.url, self.process = environment, name, url, process
        self.mailbox, self.kills = mailbox, kills
        self.signed = []

    def offers(self, orders: int, offers: int) -> list:
        with step(f"{orders} orders with {offers} change orders each", "some seconds"):
            code = f"import storm_offers\nanswer = storm_offers.make(env, {orders}, {offers})"
            made = self.bench.run(self.name, code)
        self.signed += [offer[0] for offer in made]
        return made

    def customers(self, offers: list, each: int = 1, **options) -> list[Customer]:
        deadline = time.monotonic() + SECONDS_PER_SCENE
        return [Customer(self.url, offer, deadline, **options) for offer in offers for _copy in range(each)]

    def count(self, statement: str, *parameters) -> int:
        return database.query(self.environment, statement, *parameters, database=self.name)[0][0]

    def state_rows(self, offers: list, expected: int) -> list[Row]:
        ids = [offer[0] for offer in offers]
        signed = self.count("SELECT count(*) FROM sale_change_order WHERE id = ANY(%s) AND state = 'signed'", ids)
        half = self.count(HALF_APPLIED, ids, ORDER_AMOUNT, OFFER_AMOUNT)
        return [
            Row("… signed", f"{signed}", f"{expected}", signed == expected),
            Row("… half applied", f"{half}", "0", half == 0),
        ]

    def warm_up(self) -> None:
        """Each worker reads what it needs for the first page by itself."""
        with step("warming up the workers", "some seconds"):
            offers = self.offers(WORKERS * 2, 1)
            for _round in range(2):
                at_once([customer.load for customer in self.customers(offers, 3)])
            at_once([customer.sign_until_signed for customer in self.customers(offers)])

    def workers(self) -> list[int]:
        """Process ids of the workers, those of the jobs among them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


def at_once(actions) -> float:
    """Run the actions in threads that start together; return the seconds until the last one has ended."""
    barrier = threading.Barrier(len(actions) + 1)

    def run(action):
        barrier.wait()
        action()

    threads = [threading.Thread(target=run, args=[action], daemon=True) for action in actions]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.monotonic()
    for thread in threads:
        thread.join()
    return time.monotonic() - started


def answers(customers: list[Customer]) -> Counter:
    return sum((customer.answers for customer in customers), Counter())


def alone(storm: Storm) -> list[Row]:
    """One customer after the other, each on an order of their own."""
    customers = storm.customers(storm.offers(20, 1))
    for customer in customers:
        customer.sign_until_signed()
    median = statistics.median(customer.seconds[0] for customer in customers) * 1000
    return [
        Row("one signature, median of 20", f"{median:.0f} ms", "300 ms", median <= 300),
        *storm.state_rows([(customer.id, None) for customer in customers], 20),
    ]


def order(storm: Storm) -> list[Row]:
    """Two customers for each of 50 change orders of one order: each signature changes the sum on all other pages."""
    return _order(storm, "50 change orders of one order, two customers each")


def reloads(storm: Storm) -> list[Row]:
    """The same when each customer who is told so loads the whole page again."""
    return _order(storm, "… loading the whole page again each time", loads_again=True)


def _order(storm: Storm, title: str, **options) -> list[Row]:
    offers = storm.offers(1, 50)
    customers = storm.customers(offers, 2, **options)
    seconds = at_once([customer.sign_until_signed for customer in customers])
    told = answers(customers)
    say(f"    {dict(told)}")
    return [
        Row(title, f"{seconds:.1f} s", "60 s", seconds <= 60),
        *storm.state_rows(offers, 50),
        Row("… told that they have signed", f"{told['signed']}", "50", told["signed"] == 50),
    ]


def orders(storm: Storm) -> list[Row]:
    """Sixty customers, each on an order of their own."""
    offers = storm.offers(60, 1)
    customers = storm.customers(offers)
    at_once([customer.load for customer in customers])
    at_once([customer.sign_until_signed for customer in customers])
    seconds = sorted(second for customer in customers for second in customer.seconds)
    p99 = seconds[-1 - len(seconds) // 100]
    say(f"    {dict(answers(customers))}")
    return [
        Row("60 orders at once, 99 % of the signatures within", f"{p99:.1f} s", "5 s", p99 <= 5),
        *storm.state_rows(offers, 60),
    ]


def one(storm: Storm) -> list[Row]:
    """200 requests to sign the same change order."""
    [offer] = offers = storm.offers(1, 1)
    customers = storm.customers(offers * 200)
    customers[0].load()
    outcomes = Counter()

    def sign(customer):
        customer.content_hash = customers[0].content_hash
        try:
            answer = customer.sign()
        except (OSError, http.client.HTTPException):
            answer = {"error": "no answer"}
        outcomes["signed" if answer.get("force_refresh") else answer["error"]] += 1

    seconds = at_once([lambda customer=customer: sign(customer) for customer in customers])
    say(f"    {dict(outcomes)}")
    return [
        Row("200 requests to sign one change order", f"{seconds:.1f} s", "-", True),
        *storm.state_rows([offer], 1),
        Row("… told that they have signed", f"{outcomes['signed']}", "1", outcomes["signed"] == 1),
    ]


def killed(storm: Storm) -> list[Row]:
    """Customers sign on five orders while workers, those of the jobs too, are killed again and again."""
    offers = storm.offers(5, 10)
    customers = storm.customers(offers, 2)
    chance, over, kills = random.Random(14), threading.Event(), itertools.count()

    def kill():
        while not over.wait(chance.uniform(0.2, 0.8)) and next(kills) < storm.kills:
            if workers := storm.workers():
                try:
                    os.kill(chance.choice(workers), signal.SIGKILL)
                except ProcessLookupError:
                    continue

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    at_once([customer.sign_until_signed for customer in customers])
    killer.join(SECONDS_PER_SCENE)  # the rest hits the jobs that make the PDFs
    over.set()
    say(f"    {dict(answers(customers))}")
    return [
        Row("workers killed while customers sign", f"{min(next(kills), storm.kills)}", "-", True),
        *storm.state_rows(offers, 50),
    ]


def afterwards(storm: Storm) -> list[Row]:
    """Every PDF and every mail comes, once."""
    started = time.monotonic()
    with step("the PDFs of what was signed", "some minutes"):
        while time.monotonic() < started + SECONDS_FOR_PDFS:
            waiting = "SELECT count(*) FROM sale_change_order WHERE id = ANY(%s) AND signed_pdf_state <> 'done'"
            unsent = "SELECT count(*) FROM mail_mail WHERE state = 'outgoing'"
            if not storm.count(waiting, storm.signed) and not storm.count(unsent):
                break
            time.sleep(2)
    signed = storm.count("SELECT count(*) FROM sale_change_order WHERE id = ANY(%s) AND state = 'signed'", storm.signed)
    wrong = storm.count(NOT_ONCE, storm.signed)
    time.sleep(3)
    mails = {key: count for key, count in storm.mailbox.mails.items() if key[1] == "seller@example.com"}
    once = sum(1 for count in mails.values() if count == 1)
    return [
        Row(f"without exactly one PDF and message, of {signed}", f"{wrong}", "0", wrong == 0),
        Row("… mails that came once", f"{once}", f"{signed}", once == signed),
        Row("… mails that came more than once", f"{len(mails) - once}", "0", len(mails) == once),
    ]


SCENES = {
    "alone": alone,
    "order": order,
    "reloads": reloads,
    "orders": orders,
    "one": one,
    "killed": killed,
    "afterwards": afterwards,
}


@contextlib.contextmanager
def storming(kills: int):
    with runtime.prepared(pdf_required=True) as environment:
        template = database.template(environment, database.FULL)
        with database.scratch(environment, template) as name, Mailbox() as mailbox:
            threading.Thread(target=mailbox.serve_forever, daemon=True).start()
            options = {
                "workers": WORKERS,
                "max_cron_threads": 1,
                "smtp_server": "127.0.0.1",
                "smtp_port": mailbox.server_address[1],
            }
            with serving_process(environment, name, **options) as (url, process):
                yield Storm(environment, name, url, process, mailbox, kills)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[[], *SCENES], default=[], metavar="what")
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args(arguments)
    rows = []
    with storming(min(options.kills, 100)) as storm:
        storm.warm_up()
        for name in options.what or SCENES:
            with step(name, "some minutes"):
                rows += SCENES[name](storm)
        load = os.getloadavg()
    print(table(rows), flush=True)
    print(f"load of the machine: {load[0]:.1f} (1 min), {load[1]:.1f} (5 min)", flush=True)
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    console.main(main)
