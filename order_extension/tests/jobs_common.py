import inspect
import re

from odoo.tools import SQL

from .. import jobs

JOB = re.compile(r"model\.(_cron_\w+)\(\)")


class JobsCommon:
    """The jobs of :attr:`module` are none that one bad record ends, and stay so when a job is added.

    A test class of the add-on inherits it beside TransactionCase.
    """

    allow_inherited_tests_method = True
    #: Technical name of the add-on.
    module = None

    def _refuse(self, records, condition):
        """From now on the database refuses ``condition`` of ``records``: nothing can be done with them.

        :param condition: SQL, such as ``state = 'expired'``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD CONSTRAINT refused CHECK (id NOT IN %s OR NOT (%s)) NOT VALID",
                SQL.identifier(records._table),
                tuple(records.ids),
                SQL(condition),
            )
        )

    def _run_job(self, name):
        """Run the job, in which something fails; return what it has written to the log of that."""
        self.env.flush_all()
        job = self.env.ref(name).with_user(self.env.ref("base.user_root"))
        with self.enter_registry_test_mode(), self.assertLogs(jobs.__name__, "ERROR") as logged:
            job.method_direct_trigger()
        self.env.invalidate_all()
        return [record.getMessage() for record in logged.records]

    def test_each_goes_through_its_records(self):
        """Each has a savepoint for each record, and goes on: ``go_through`` has."""
        names = self.env["ir.model.data"].search([("model", "=", "ir.cron"), ("module", "=", self.module)])
        self.assertTrue(names)
        for job in self.env["ir.cron"].browse(names.mapped("res_id")):
            with self.subTest(job=job.cron_name):
                method = getattr(self.env[job.model_id.model], JOB.fullmatch(job.code)[1])
                self.assertIn("go_through(", inspect.getsource(method))
