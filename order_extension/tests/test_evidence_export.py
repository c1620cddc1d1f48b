"""What an export proves to somebody who has no Odoo, checked by its own program in a Python of the system."""

import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from odoo.fields import Command
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import SIGNATURE
from .common_portal import ChangeOrderPortalCommon


@tagged("post_install", "-at_install")
class TestEvidenceExport(ChangeOrderPortalCommon):
    def setUp(self):
        super().setUp()
        self.company.sudo().write({"evidence_chain_length": 0, "evidence_chain_hash": False})
        photo = self.env["ir.attachment"].create({"name": "window.png", "datas": SIGNATURE})
        self.signed = self._make_change(photo_ids=[Command.link(photo.id)], title="Window <1>", send=True)
        for change in (self.signed, self.change):
            self._sign(change)
            self._finish(change)

    def _download(self, change):
        return self.url_open(change.action_export_evidence()["url"])

    def _read(self, archive):
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}

    def _verify(self, files):
        """Return what the program in the export says of ``files``, as whoever gets them runs it."""
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
            python = shutil.which("python3", path="/usr/bin:/bin") or shutil.which("python3")
            done = subprocess.run(
                [python, "-I", "verify.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
            )
        self.assertFalse(done.stderr)
        return done.returncode, done.stdout

    def test_export_is_intact(self):
        self._login(self.seller)
        response = self._download(self.signed)
        self.assertIn(f"{self.signed.name.replace('/', '-')}-evidence.zip", response.headers["Content-Disposition"])
        files = self._read(response.content)
        self.assertEqual(
            set(files),
            {
                "content.json", "evidence.json", "chain.json", "change_order.pdf", "signature.png", "photos/1.png",
                "verify.py", "README.html",
            },
        )  # fmt: skip
        self.assertEqual(files["content.json"].decode(), self.signed.signed_content)
        self.assertEqual([link["link"] for link in json.loads(files["chain.json"])], [1, 2])
        self.assertIn("Window &lt;1&gt;", files["README.html"].decode())
        code, said = self._verify(files)
        self.assertEqual(code, 0, said)
        self.assertIn("intact\nSigned by Lena Sommer", said)
        self.assertIn(self.signed.signed_hash, said)

    def test_tampered_export_is_not(self):
        files = self._read(self.signed._build_evidence_zip())
        content, evidence = files["content.json"], files["evidence.json"]
        chain = json.loads(files["chain.json"])
        dear = content.replace(b'"total":"101.15"', b'"total":"901.15"')
        self.assertNotEqual(dear, content)
        for name, tampered, expected in (
            ("content", {"content.json": dear}, "content.json is not what was signed"),
            ("name", {"evidence.json": evidence.replace(b"Lena Sommer", b"Lena Winter")}, "is not this evidence"),
            ("PDF", {"change_order.pdf": b"%PDF another"}, "change_order.pdf is not the one"),
            ("no PDF", {"change_order.pdf": None}, "change_order.pdf is missing"),
            ("signature", {"signature.png": b"another"}, "signature.png is not the one"),
            ("photo", {"photos/1.png": b"another"}, "The photos are not those"),
            ("one more photo", {"photos/2.png": b"another"}, "The photos are not those"),
            ("link taken out", {"chain.json": json.dumps(chain[1:]).encode()}, "Link 1 is missing"),
            ("link altered", {"chain.json": json.dumps([chain[0], chain[1] | {"previous": "0"}]).encode()}, "Link 2"),
            ("no evidence", {"evidence.json": None}, "evidence.json is missing"),
            ("nonsense", {"evidence.json": b"[]"}, "can't be read"),
        ):
            altered = {key: value for key, value in (files | tampered).items() if value is not None}
            with self.subTest(name):
                code, said = self._verify(altered)
                self.assertEqual(code, 1)
                self.assertIn(expected, said)
                self.assertNotIn("intact", said)

    def test_only_colleagues_who_may_read_get_it(self):
        url = self.signed.action_export_evidence()["url"]
        for user, shown in (
            (self.bookkeeper, True),
            (self.other_seller, False),
            (self.other_technician, False),
            (self.customer_user, False),
        ):
            self._login(user)
            with self.subTest(user=user.login):
                self.assertEqual(self.url_open(url).headers["Content-Type"] == "application/zip", shown)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(url).url)

    def test_what_was_signed_is_filed_on_the_order_when_the_add_on_goes(self):
        uninstall_hook(self.env)
        message = self.order.message_ids.filtered(lambda message: "are kept here" in message.body)
        self.assertEqual(len(message), 2)
        files = message[-1].attachment_ids
        self.assertEqual(set(files.mapped("res_model")), {"sale.order"})
        self.assertEqual(sorted(name.rsplit(".")[-1] for name in files.mapped("name")), ["json", "pdf", "zip"])
        content = files.filtered(lambda file: file.name.endswith(".json")).raw.decode()
        self.assertIn(content, (self.signed.signed_content, self.change.signed_content))
        self.assertEqual(self._verify(self._read(files.filtered(lambda file: file.name.endswith(".zip")).raw))[0], 0)
