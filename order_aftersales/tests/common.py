from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import new_test_user

from odoo.addons.order_extension.tests.common import ChangeOrderCommon


class AftersalesCommon(ChangeOrderCommon):
    """The joinery's order of 5 070.00 (see ChangeOrderCommon), with five departments that look at it.

    ==============  =====================  ============================
    department      head                   others
    ==============  =====================  ============================
    Sales           manager                seller, other_seller
    Workshop        planner                technician, other_technician
    Warehouse       storekeeper
    Accounting      bookkeeper
    Service         service
    ==============  =====================  ============================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on(cls.company)

    @classmethod
    def _switch_on(cls, company):
        """A company has the controls that somebody has switched on: the tests of them do."""
        company.write(
            {"billing_check_policy": "block", "is_attention_escalated": True, "is_attention_digest_sent": True}
        )

    @classmethod
    def _make_people(cls):
        cls.env.user.group_ids |= (
            cls.env.ref("hr.group_hr_manager")
            | cls.env.ref("stock.group_stock_manager")
            | cls.env.ref("order_aftersales.group_manager")
        )
        super()._make_people()
        cls.planner = cls._make_user("joinery_planner", "project.group_project_manager")
        cls.storekeeper = cls._make_user("joinery_store", "stock.group_stock_user")
        cls.service = cls._make_user("joinery_service", "project.group_project_user")
        cls.sales_department = cls._make_department("Sales", cls.manager, cls.seller, cls.other_seller)
        cls.workshop = cls._make_department("Workshop", cls.planner, cls.technician, cls.other_technician)
        cls.warehouse_department = cls._make_department("Warehouse", cls.storekeeper)
        cls.accounting = cls._make_department("Accounting", cls.bookkeeper)
        cls.service_department = cls._make_department("Service", cls.service)

    @classmethod
    def _make_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login, groups, company_id=company.id, company_ids=[(6, 0, company.ids)], lang="en_US"
        )

    @classmethod
    def _make_department(cls, name, head, *others):
        department = cls.env["hr.department"].create({"name": name, "company_id": cls.company.id})
        for user in (head, *others):
            cls._make_employee(user, department)
        department.manager_id = head.with_company(cls.company).employee_id
        return department

    @classmethod
    def _make_employee(cls, user, department):
        return cls.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id, "department_id": department.id, "company_id": cls.company.id}
        )

    @classmethod
    def _make_products(cls):
        super()._make_products()
        cls.fitting = cls._make_product("Fitting set", 25.0, type="consu", is_storable=True, invoice_policy="delivery")

    @classmethod
    def _deliver(cls, order, quantities=None):
        """Deliver what is open of ``order``: all of it, or ``quantities`` by product."""
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantities is None else quantities.get(move.product_id, 0.0)
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    @classmethod
    def _stage(cls, code):
        return cls.env.ref(f"order_aftersales.order_stage_{code}")

    @contextmanager
    def _at(self, moment):
        """Let it be ``moment``, in UTC, as if a transaction of its own began then."""
        with freeze_time(moment) as frozen, patch.object(self.env.cr, "now", lambda: frozen()):
            yield
            self.env.flush_all()

    @classmethod
    def _pass_decisions(cls, order, *codes):
        """Say yes at the stages ``codes``, or at all that come before the work."""
        for code in codes or ("entry", "selection", "scheduling"):
            assert order.order_stage_id.code == code, (order.order_stage_id.code, code)
            order.with_user(cls.manager)._decide("yes")

    @classmethod
    def _finish_tasks(cls, order):
        order.stage_task_ids.state = "1_done"

    @classmethod
    def _pay(cls, invoice):
        """Pay ``invoice`` through the wizard."""
        register = cls.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        return register.create({})._create_payments()
