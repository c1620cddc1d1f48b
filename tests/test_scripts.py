"""The scripts as they are called, in the prepared environment, and the add-ons as packages."""

import re
import socket
import subprocess
import sys
import zipfile

import pytest

from scripts.environment import addons, layout


def call(*arguments, **options):
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=layout.REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options
    )


class TestOdooCommand:
    def test_version(self):
        done = call("scripts/odoo.py", "--version")
        assert done.returncode == 0, done.stderr
        assert "19.0" in done.stdout

    def test_two_at_once(self):
        command = [sys.executable, "scripts/odoo.py", "--version"]
        running = [
            subprocess.Popen(command, cwd=layout.REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for process in running:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, err
            assert "19.0" in out

    def test_the_scripts_folder_hides_nothing(self):
        """Run from `scripts`, Python would take odoo.py for Odoo."""
        done = subprocess.run(
            [sys.executable, "odoo.py", "--version"], cwd=layout.SCRIPTS, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def test_a_failure_has_odoos_exit_code(self):
        assert call("scripts/odoo.py", "no-such-command").returncode != 0


class TestTestCommand:
    def test_a_failure_is_one(self, tmp_path):
        (tmp_path / "test_red.py").write_text("def test_red():\n    raise AssertionError\n")
        done = call("scripts/test.py", tmp_path / "test_red.py", "-p", "no:cacheprovider")
        assert done.returncode != 0
        assert done.stdout.strip().splitlines()[-1].startswith("0 passed, 1 failed, 0 skipped")


class TestServeCommand:
    def test_says_that_the_port_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = call("scripts/serve.py", "--port", port, "--no-demo")
        assert done.returncode == 1
        assert f"port {port} is taken" in done.stderr
        assert "Traceback" not in done.stderr


class TestPackages:
    @pytest.mark.parametrize("addon", addons.names())
    def test_wheel(self, addon, tmp_path):
        done = call("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, f"./{addon}")
        assert done.returncode == 0, done.stderr
        (wheel,) = tmp_path.glob("*.whl")
        assert re.match(rf"odoo_addon_{addon}-19\.0\.", wheel.name)
        inside = {name.split(f"odoo/addons/{addon}/")[-1] for name in zipfile.ZipFile(wheel).namelist()}
        assert "__manifest__.py" in inside
        manifest = addons.manifest(layout.REPOSITORY / addon)
        assert set(manifest["data"]) | set(manifest.get("demo", [])) <= inside
        assert {f"i18n/{name}" for name in (f"{addon}.pot", "fr.po", "de.po")} <= inside
