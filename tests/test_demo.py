"""The demo data that `scripts/serve.py` shows, installed into a database of its own."""

import re

import pytest

from scripts.environment import addons, database, runtime, suite


@pytest.fixture(scope="module")
def demo():
    """The environment, a database with demo data, and the log of its installation."""
    with runtime.prepared() as environment:
        with database.scratch(environment, database.base(environment, database.DEMO)) as name:
            yield environment, name, database.install(environment, name, database.DEMO, addons.names())


@pytest.mark.slow
class TestDemo:
    def test_installs_without_errors(self, demo):
        _environment, _name, log = demo
        text = log.read_text()
        assert "demo data failed" not in text
        assert runtime.troubles(log) == []
        assert "UserWarning" not in text, "Odoo warns an administrator of fields that contradict each other"

    def test_has_the_logins_that_serve_prints(self, demo):
        environment, name, _log = demo
        logins = {row[0] for row in database.query(environment, "SELECT login FROM res_users", database=name)}
        assert {"admin", "seller", "technician", "technician2", "manager", "bookkeeper", "customer"} <= logins
        assert {"planner", "storekeeper", "service"} <= logins

    @pytest.mark.parametrize("table", ["sale_change_order", "sale_order"])
    def test_has_something_to_sign(self, demo, table):
        environment, name, _log = demo
        statement = f"SELECT count(*) FROM {table} WHERE state = 'sent' AND access_token IS NOT NULL"
        if table == "sale_order":
            statement += " AND has_minor_items"
        assert database.query(environment, statement, database=name) != [[0]]

    def test_tells_its_story(self, demo):
        """The add-ons' own tests of it, their classes `TestDemo`, which skip in a database without demo data."""
        environment, name, _log = demo
        expected = sum(test.startswith("TestDemo.") for _module, test in suite.defined_tests())
        log = runtime.log_file("demo-tests")
        options = ["--test-tags=:TestDemo", "--stop-after-init", f"--http-port={runtime.free_port()}"]
        environment.run_odoo(["-d", name, "-u", ",".join(addons.names()), *options], log)
        result = re.search(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", log.read_text())
        assert result, f"no test ran, see {log}"
        assert result.groups() == ("0", "0", str(expected))
