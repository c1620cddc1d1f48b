from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.order_extension.tests.common import ChangeOrderCommon


class PostcalcCommon(ChangeOrderCommon):
    """The joinery's order of 5 070.00 (see ChangeOrderCommon), with costs.

    =====================  ====  ======  =========  ========  ========
    line                    qty   hours  unit cost      cost     price
    =====================  ====  ======  =========  ========  ========
    fitted wardrobe           1       8   2 500.00  2 500.00  4 000.00
    assembly                 12      12      35.00    420.00    720.00
    shelf boards             10       0      20.00    200.00    350.00
    =====================  ====  ======  =========  ========  ========
    plan                            20              3 120.00  5 070.00

    An hour of the technician costs 40.00, of the other one 30.00.
    """

    @classmethod
    def _make_people(cls):
        cls.env.user.group_ids |= cls.env.ref("hr.group_hr_manager") | cls.env.ref(
            "hr_timesheet.group_timesheet_manager"
        )
        super()._make_people()
        cls.employee = cls._make_employee(cls.technician, 40.0)
        cls.other_employee = cls._make_employee(cls.other_technician, 30.0)
        cls.bookkeeper_all = new_test_user(
            cls.env,
            "joinery_controller",
            "order_postcalc.group_manager,project.group_project_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="en_US",
        )

    @classmethod
    def _make_employee(cls, user, hourly_cost):
        return cls.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id, "company_id": cls.company.id, "hourly_cost": hourly_cost}
        )

    @classmethod
    def _make_products(cls):
        super()._make_products()
        cls.wardrobe.standard_price = 2500.0
        cls.wardrobe.planned_hours_per_unit = 8.0
        cls.assembly.standard_price = 35.0
        cls.boards.standard_price = 20.0
        cls.window.standard_price = 50.0

    @classmethod
    def _log(cls, hours, employee=None, task=None, date="2026-03-02", **values):
        """Return a timesheet on the order's task."""
        task = task or cls.order.order_line.task_id[:1]
        return cls.env["account.analytic.line"].create(
            {
                "name": "Work",
                "date": date,
                "unit_amount": hours,
                "employee_id": (employee or cls.employee).id,
                "task_id": task.id,
                "project_id": task.project_id.id,
                **values,
            }
        )

    def _facts(self, *domain, groupby=(), measures=("actual_cost:sum",), order=None):
        """Return the facts of the order, added up."""
        self.env.flush_all()
        return self.env["order.postcalc.report"]._read_group(
            [("order_id", "=", (order or self.order).id), *domain], list(groupby), list(measures)
        )
