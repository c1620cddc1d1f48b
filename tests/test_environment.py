"""The scripts' own rules: what needs no Odoo, no server and no network."""

import importlib.util
import json
import socket
import subprocess
import sys
import textwrap

import pytest

from scripts.environment import (
    addons,
    console,
    database,
    debian,
    files,
    layout,
    pdf,
    postgres,
    pytest_report,
    python_env,
    runtime,
    source,
    suite,
    system,
)


def script(name):
    """A script as a module, under a name that hides nothing: there is a package `odoo`."""
    path = layout.SCRIPTS / f"{name}.py"
    specification = importlib.util.spec_from_file_location(f"script_{name}", path)
    module = importlib.util.module_from_spec(specification)
    sys.path.insert(0, str(layout.SCRIPTS))
    try:
        specification.loader.exec_module(module)
    finally:
        sys.path.remove(str(layout.SCRIPTS))
        for loaded in [key for key in sys.modules if key.split(".")[0] == "environment"]:
            del sys.modules[loaded]
    return module


class TestMirror:
    @pytest.mark.parametrize(
        "sources, mirror",
        [
            ("deb http://mirror.example/debian bookworm main", "http://mirror.example/debian"),
            ("deb [signed-by=/k.gpg] https://m.example/pub/debian/ sid main", "https://m.example/pub/debian"),
            ("Types: deb\nURIs: http://m.example/debian\nSuites: sid", "http://m.example/debian"),
            ("URIs: http://m.example/debian-security\nURIs: http://m.example/debian", "http://m.example/debian"),
            ("# http://old.example/debian\ndeb http://m.example/debian sid main", "http://m.example/debian"),
            ("deb http://archive.example/ubuntu noble main", None),
            ("", None),
        ],
    )
    def test_found_in_either_format(self, sources, mirror):
        assert debian.find_mirror(sources) == mirror

    def test_the_given_one_wins(self, monkeypatch):
        monkeypatch.setenv("DEBIAN_MIRROR", "http://mine.example/debian/")
        assert debian.machine_mirror() == "http://mine.example/debian"


class TestAddons:
    @pytest.fixture
    def addon(self, tmp_path):
        folder = tmp_path / "order_x"
        for name in ("models", "tests", "readme"):
            (folder / name).mkdir(parents=True)
        (folder / "__manifest__.py").write_text("{'name': 'X', 'depends': ['sale', 'order_y']}")
        (folder / "models" / "order.py").write_text("a = 1")
        other = tmp_path / "order_y"
        other.mkdir()
        (other / "__manifest__.py").write_text("{'name': 'Y', 'depends': ['stock']}")
        return folder

    def test_found_by_their_manifest(self, addon):
        (addon.parent / "scripts").mkdir()
        assert addons.names(addon.parent) == ["order_x", "order_y"]

    def test_one_that_is_not_installable_is_left_out(self, addon):
        (addon.parent / "order_y" / "__manifest__.py").write_text("{'name': 'Y', 'installable': False}")
        assert addons.names(addon.parent) == ["order_x"]

    def test_dependencies_leave_out_each_other(self, addon):
        assert addons.dependencies(addons.find(addon.parent)) == ["sale", "stock"]

    def test_hash_changes_with_code(self, addon):
        before = addons.content_hash([addon])
        (addon / "models" / "order.py").write_text("a = 2")
        assert addons.content_hash([addon]) != before

    def test_hash_changes_with_a_file_name(self, addon):
        before = addons.content_hash([addon])
        (addon / "models" / "order.py").rename(addon / "models" / "line.py")
        assert addons.content_hash([addon]) != before

    def test_hash_ignores_tests_and_documentation(self, addon):
        before = addons.content_hash([addon])
        (addon / "tests" / "test_x.py").write_text("")
        (addon / "readme" / "USAGE.md").write_text("")
        assert addons.content_hash([addon]) == before

    def test_an_addon_brings_those_that_it_needs(self, tmp_path):
        for name, depends in {"order_a": ["sale"], "order_b": ["order_a", "hr"], "order_c": ["order_b"]}.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "__manifest__.py").write_text(str({"name": name, "depends": depends}))
        needed = addons.with_own_dependencies(tmp_path / "order_b", tmp_path)
        assert [folder.name for folder in needed] == ["order_a", "order_b"]
        assert addons.dependencies(needed) == ["hr", "sale"]

    def test_a_broken_manifest_is_named(self, addon):
        (addon / "__manifest__.py").write_text("{")
        with pytest.raises(console.EnvironmentProblem, match=r"order_x/__manifest__\.py"):
            addons.find(addon.parent)


class TestChoices:
    @pytest.mark.parametrize(
        "version, fits",
        [((3, 9), False), ((3, 10), True), ((3, 12), True), ((3, 13), True), ((3, 14), False)],
    )
    def test_python_version(self, version, fits):
        assert python_env.supported(version) is fits

    def test_python_that_is_given_must_run(self, monkeypatch):
        monkeypatch.setenv("ODOO_PYTHON", "/nowhere/python")
        with pytest.raises(console.EnvironmentProblem, match="ODOO_PYTHON=/nowhere/python"):
            python_env.choose()

    def test_newest_postgres(self, tmp_path):
        programs = [tmp_path / version / "bin" / "initdb" for version in ("9", "15", "17", "other")]
        assert postgres.newest(programs) == programs[2]
        assert postgres.newest([]) is None

    def test_given_server(self, monkeypatch):
        for name in postgres.VARIABLES:
            monkeypatch.delenv(name, raising=False)
        assert postgres.given() is None
        monkeypatch.setenv("PGHOST", "db.example")
        monkeypatch.setenv("PGUSER", "me")
        assert postgres.given().options() == {"db_host": "db.example", "db_user": "me"}

    def test_postgres_programs_that_are_given_must_be_there(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PG_BIN", str(tmp_path))
        with pytest.raises(console.EnvironmentProblem, match="has no initdb"):
            postgres.find_programs(tmp_path)

    def test_port(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            assert not runtime.port_is_free(port)
        assert runtime.port_is_free(port)

    def test_cache_folder_can_be_moved(self, monkeypatch, tmp_path):
        monkeypatch.setenv("ODOO_ENV_DIR", str(tmp_path / "elsewhere"))
        assert layout.cache() == tmp_path / "elsewhere"
        monkeypatch.delenv("ODOO_ENV_DIR")
        assert layout.cache() == layout.REPOSITORY / ".odoo"


class TestSource:
    def checkout(self, folder, version):
        (folder / "odoo").mkdir()
        (folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")
        (folder / "addons").mkdir()
        return folder

    def test_checkout(self, tmp_path, monkeypatch):
        monkeypatch.setenv("ODOO_SRC", str(self.checkout(tmp_path, "(19, 0, 0, FINAL, 0, '')")))
        assert source.prepare().addons == (tmp_path / "addons",)

    def test_checkout_of_another_series(self, tmp_path, monkeypatch):
        monkeypatch.setenv("ODOO_SRC", str(self.checkout(tmp_path, "(18, 0, 0, FINAL, 0, '')")))
        with pytest.raises(console.EnvironmentProblem, match=r"has Odoo 18\.0; point it at"):
            source.prepare()

    def test_package_file_that_is_not_there(self, monkeypatch):
        monkeypatch.delenv("ODOO_SRC", raising=False)
        monkeypatch.setenv("ODOO_DEB", "/nowhere.deb")
        with pytest.raises(console.EnvironmentProblem, match=r"ODOO_DEB=/nowhere\.deb"):
            source.prepare()

    def test_repair(self, tmp_path):
        packages = tmp_path / source.PACKAGES_FOLDER
        (packages / "doc").mkdir(parents=True)
        source.repair(tmp_path)
        assert not (packages / "doc").exists()
        for stub in source.STUBS:
            assert (packages / "odoo" / "addons" / stub).is_file()

    def test_dangling_links(self, tmp_path):
        (tmp_path / "there").write_text("")
        (tmp_path / "good").symlink_to("there")
        (tmp_path / "bad").symlink_to("gone")
        assert source.dangling_links(tmp_path) == [tmp_path / "bad"]


class TestMissingPackages:
    def test_sentence_has_the_command(self):
        sentence = system.missing_sentence(["chromium", "fonts-dejavu-core"], "browser tests")
        assert sentence.startswith("chromium, fonts-dejavu-core are needed for browser tests")
        assert sentence.endswith("apt-get install -y --no-install-recommends chromium fonts-dejavu-core")

    def test_not_root(self, monkeypatch):
        monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
        with pytest.raises(console.EnvironmentProblem, match=r"chromium is needed for tours .* sudo apt-get"):
            system.install(["chromium"], "tours")

    def test_libraries(self):
        assert pdf.packages_for(["libXrender.so.1", "libX11.so.6", "libother.so"]) == ["libx11-6", "libxrender1"]


class TestFiles:
    def test_a_folder_is_complete_or_not_there(self, tmp_path):
        target = tmp_path / "made"
        with pytest.raises(RuntimeError), files.building(target) as folder:
            (folder / "half").write_text("")
            raise RuntimeError
        assert list(tmp_path.iterdir()) == []
        with files.building(target) as folder:
            (folder / "whole").write_text("")
        assert [path.name for path in target.iterdir()] == ["whole"]

    def test_a_failed_download_says_the_way_out(self, monkeypatch):
        monkeypatch.setattr(files.time, "sleep", lambda seconds: None)
        with pytest.raises(console.EnvironmentProblem, match=r"fetching failed 4 times \(no\); set X"):
            files.run_with_retries(["sh", "-c", "echo no; exit 1"], "fetching", "set X")

    def test_a_transient_failure_is_survived(self, monkeypatch, tmp_path):
        monkeypatch.setattr(files.time, "sleep", lambda seconds: None)
        flag = tmp_path / "second"
        command = f"test -e {flag} || {{ touch {flag}; exit 1; }}"
        assert files.run_with_retries(["sh", "-c", command], "fetching", "set X").returncode == 0


class TestOdooScript:
    def test_addons_path_is_appended(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        arguments = ["--addons-path", "a,/b", "-d", "scratch", "--addons-path=c", "shell"]
        folders, others = script("odoo").split_addons_path(arguments)
        assert folders == [str(tmp_path / "a"), "/b", str(tmp_path / "c")]
        assert others == ["-d", "scratch", "shell"]

    def test_log_lines_that_report_errors(self, tmp_path):
        log = tmp_path / "odoo.log"
        log.write_text(
            "2026-01-01 10:00:00,000 7 INFO db odoo: ERROR is only a word here\n"
            "2026-01-01 10:00:01,000 7 ERROR db odoo: broken\nTraceback\n"
            "2026-01-01 10:00:02,000 7 CRITICAL db odoo: worse\n"
        )
        assert [line.split()[3] for line in runtime.troubles(log)] == ["ERROR", "CRITICAL"]
        assert runtime.first_trouble(log).startswith("2026-01-01 10:00:01")


class TestDatabaseNames:
    def test_quoting(self):
        assert database.quoted('a"b') == '"a""b"'

    def test_names_fit_into_postgres(self):
        for kind in (database.FULL, database.DEMO, *map(database.minimal, addons.find())):
            longest = f"{database.PREFIX}_base_{kind.name}_{'0' * 10}_edited_{'0' * 6}_unfinished"
            assert len(longest) <= 63


class TestSuite:
    SOURCE = textwrap.dedent(
        """
        class Common:
            def test_shared(self): ...
        class TestOrder(Common):
            def setUp(self): ...
            def test_one(self): ...
            async def test_two(self): ...
        def test_not_in_a_class(): ...
        """
    )

    def test_counting(self):
        assert suite.tests_in(self.SOURCE) == {"Common.test_shared", "TestOrder.test_one", "TestOrder.test_two"}

    def test_every_file_counts(self, tmp_path):
        tests = tmp_path / "order_x" / "tests"
        tests.mkdir(parents=True)
        (tmp_path / "order_x" / "__manifest__.py").write_text("{'name': 'X'}")
        (tests / "__init__.py").write_text("from . import test_a")
        (tests / "test_a.py").write_text("class A:\n    def test_a(self): ...")
        (tests / "test_b.py").write_text("class B:\n    def test_b(self): ...")
        expected = {("order_x.tests.test_a", "A.test_a"), ("order_x.tests.test_b", "B.test_b")}
        assert suite.defined_tests(tmp_path) == expected
        assert suite.unimported_tests(tmp_path) == ["order_x/tests/test_b.py"]

    def test_an_inherited_test_counts_where_it_is_written(self):
        class Common:
            def test_shared(self): ...

        class TestOrder(Common):
            def test_own(self): ...

        def written_at(method):
            return pytest_report.written_at(TestOrder.__mro__, method)[1].rsplit(".", 2)[1:]

        assert written_at("test_shared") == ["Common", "test_shared"]
        assert written_at("test_own") == ["TestOrder", "test_own"]

    @pytest.mark.parametrize(
        "arguments, answer",
        [([], False), (["-v", "--tb=short"], False), (["-k", "sign"], True), (["tests"], True), (["-x"], True)],
    )
    def test_selecting_arguments(self, arguments, answer):
        assert suite.selects(arguments) is answer

    def judged(self, tmp_path, tests, *, complete=True, code=0, defined=frozenset()):
        report = tmp_path / "report.json"
        plain = {"module": "m", "name": "n", "http": False, "reason": ""}
        tests = {key: {**plain, **test} for key, test in tests.items()}
        report.write_text(json.dumps({"tests": tests, "seconds": 3}))
        return suite.judge([report], code, complete, set(defined))

    def test_good(self, tmp_path):
        verdict = self.judged(
            tmp_path, {"a": {"outcome": "passed", "module": "m", "name": "A.test"}}, defined={("m", "A.test")}
        )
        assert verdict.code == 0
        assert verdict.lines[-1] == "1 passed, 0 failed, 0 skipped"

    def test_a_skip_with_a_reason_is_told(self, tmp_path):
        verdict = self.judged(tmp_path, {"a": {"outcome": "skipped", "reason": "needs sale_stock"}})
        assert verdict.code == 0
        assert "skipped: a: needs sale_stock" in verdict.lines

    def test_a_skip_without_a_reason_fails(self, tmp_path):
        assert self.judged(tmp_path, {"a": {"outcome": "skipped"}}).code == 1

    def test_a_skipped_browser_test_fails(self, tmp_path):
        test = {"outcome": "skipped", "reason": "Chrome executable not found", "http": True}
        assert self.judged(tmp_path, {"a": test}, complete=False).code == 1

    def test_a_defined_test_that_did_not_run_fails(self, tmp_path):
        verdict = self.judged(tmp_path, {"a": {"outcome": "passed"}}, defined={("order_x.tests.test_a", "A.test_a")})
        assert verdict.code == 1
        assert "PROBLEM: defined, but not run: order_x/tests/test_a.py A.test_a" in verdict.lines

    def test_a_selection_need_not_be_complete(self, tmp_path):
        verdict = self.judged(tmp_path, {"a": {"outcome": "passed"}}, complete=False, defined={("m", "other")})
        assert verdict.code == 0

    def test_a_failure_stays_one(self, tmp_path):
        assert self.judged(tmp_path, {"a": {"outcome": "failed"}}, code=1).code == 1

    def test_several_runs_are_one(self, tmp_path):
        """One of two runs fails: what each ran counts, and what neither ran is missed."""
        reports = []
        for name, outcome in (("a", "passed"), ("b", "failed")):
            reports.append(tmp_path / f"{name}.json")
            test = {"outcome": outcome, "module": "m", "name": name, "http": False, "reason": ""}
            reports[-1].write_text(json.dumps({"tests": {name: test}, "seconds": 3}))
        verdict = suite.judge(reports, 1, True, {("m", "a"), ("m", "b"), ("m", "c")})
        assert verdict.code == 1
        assert verdict.lines[-1] == "1 passed, 1 failed, 0 skipped"
        assert "2 of the 3 tests that the add-ons define took part." in verdict.lines

    def test_a_run_that_left_no_report_is_missed(self, tmp_path):
        """A run that died takes its tests with it: the others' report is no excuse."""
        report = tmp_path / "a.json"
        test = {"outcome": "passed", "module": "m", "name": "a", "http": False, "reason": ""}
        report.write_text(json.dumps({"tests": {"a": test}, "seconds": 3}))
        verdict = suite.judge([report, tmp_path / "none"], 0, True, {("m", "a"), ("m", "b")})
        assert verdict.code == 1
        assert "PROBLEM: defined, but not run: m.py b" in verdict.lines

    def test_no_report(self, tmp_path):
        assert suite.judge([tmp_path / "none"], 4, True).code == 4
        assert suite.judge([tmp_path / "none"], 0, True).code == 0


class TestPaths:
    @pytest.mark.parametrize(
        ("arguments", "answer"),
        [
            ([], False),
            (["-k", "sign"], False),
            (["tests/test_environment.py::TestPaths", "-x"], True),
            (["order_extension/tests"], True),
        ],
    )
    def test_named(self, arguments, answer):
        assert suite.names_paths(arguments) is answer


class TestShares:
    def made(self, tmp_path):
        """Two add-ons with 1 to 4 tests a file, and tests outside of them."""
        for number in (1, 2, 3, 4):
            folder = tmp_path / f"order_{number % 2}" / "tests"
            folder.mkdir(parents=True, exist_ok=True)
            tests = "".join(f"    def test_{test}(self): pass\n" for test in range(number))
            (folder / f"test_{number}.py").write_text(f"class TestIt:\n{tests}")
        (tmp_path / "tests").mkdir()
        for name in ("x", "y"):
            (tmp_path / "tests" / f"test_{name}.py").write_text("class TestIt:\n    def test_it(self): pass\n")
        return suite.shares(["order_0/tests", "order_1/tests", "tests"], 2, tmp_path)

    def test_every_file_is_in_one_share(self, tmp_path):
        """Outside: 2 tests of 5, so 10. Files with a class of 3 and 4, 3, 2 or 1 tests: 7, 6, 5 and 4.

        The largest first, each to whoever has least: 10 and 7, 10 and 13, 15 and 13, 15 and 17.
        """
        assert self.made(tmp_path) == [
            ["order_0/tests/test_2.py", "tests"],
            ["order_0/tests/test_4.py", "order_1/tests/test_1.py", "order_1/tests/test_3.py"],
        ]

    def test_all_of_this_repository(self):
        paths = suite.default_paths()
        dealt = [path for share in suite.shares(paths, 3) for path in share]
        assert len(dealt) == len(set(dealt)) > 50
        files = [
            str(file.relative_to(layout.REPOSITORY))
            for path in paths
            for file in (layout.REPOSITORY / path).rglob("test_*.py")
        ]
        assert {file for file in files if not file.startswith("tests/")} | {"tests"} == set(dealt)


class TestPorts:
    def test_no_port_is_given_twice(self):
        """Whoever asks first hasn't begun to listen when the next one asks."""
        assert len({runtime.free_port() for _ask in range(3)}) == 3

    def test_of_another_process(self):
        ask = "from scripts.environment import runtime; print(runtime.free_port())"
        taken = runtime.free_port()
        for _again in range(2):  # what a process was given is free when it ends
            asked = subprocess.run([sys.executable, "-c", ask], cwd=layout.REPOSITORY, capture_output=True, text=True)
            assert asked.stdout.strip() not in ("", str(taken)), asked.stderr


class TestRepository:
    """What the scripts promise about this repository."""

    def test_odoos_own_runner_sees_every_test_file(self):
        assert suite.unimported_tests() == []

    def test_every_requirement_has_a_hash(self):
        for name in ("requirements.txt", "lint-requirements.txt"):
            text = (layout.SCRIPTS / name).read_text().replace("\\\n", " ")
            pins = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]
            assert pins
            assert [line for line in pins if "--hash=sha256:" not in line] == []

    def test_requirements_name_no_index(self):
        for path in layout.SCRIPTS.glob("*requirements*"):
            assert "://" not in path.read_text()
