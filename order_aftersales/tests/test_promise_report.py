from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_promise import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseReport(PromiseCommon):
    """Five orders of one customer, promised for 10 May 2030; today is 20 May.

    =======  ==============================  ===========================  =========================
    order    lines                           delivered                    is
    =======  ==============================  ===========================  =========================
    first    wardrobe, assembly, 10 boards   9 May                        perfect
    second   2 boards                        12 May                       late
    third    2 boards                        9 May, sent back as damaged  on time, damaged
    fourth   wardrobe                        not at all                   late and not delivered
    fifth    wardrobe, no date promised      9 May                        not judged, but delivered
    =======  ==============================  ===========================  =========================

    Judged are 4 promises: 1 of 4 perfect (25 %), 2 of 4 on time (50 %). Delivered are 4 orders: all in full, 3 of 4
    undamaged (75 %), all with the right papers.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.order
        cls.second = cls._make_order([(cls.boards, 2)])
        cls.third = cls._make_order([(cls.boards, 2)])
        cls.fourth = cls._make_order([(cls.wardrobe, 1)])
        cls.fifth = cls._make_order([(cls.wardrobe, 1)], commitment_date=False)
        cls.quotation = cls._make_order([(cls.wardrobe, 1)], confirm=False)
        cls.cancelled = cls._make_order([(cls.wardrobe, 1)])
        cls.cancelled._action_cancel()
        for day, order in (("09", cls.first), ("12", cls.second), ("09", cls.third), ("09", cls.fifth)):
            with freeze_time(f"2030-05-{day} 10:00:00"):
                cls._deliver(order)
                order.stage_task_ids.state = "1_done"
                cls.env.flush_all()
        cls.third.case_ids.create({"order_id": cls.third.id, "name": "Scratched", "kind": "claim"})
        cls.orders = cls.first | cls.second | cls.third | cls.fourth | cls.fifth | cls.quotation | cls.cancelled

    def setUp(self):
        super().setUp()
        clock = freeze_time("2030-05-20 08:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    def _read(self, groupby, *aggregates, user=None):
        report = self.env["order.promise.report"].with_user(user or self.manager)
        return report._read_group([("order_id", "in", self.orders.ids)], groupby, aggregates)

    def test_in_all(self):
        row = self._read(
            [],
            "__count", "order_count:sum", "judged_count:sum", "perfect_count:sum", "late_count:sum",
            "perfect_rate:avg", "on_time_rate:avg", "in_full_rate:avg", "undamaged_rate:avg", "papers_rate:avg",
        )  # fmt: skip
        self.assertEqual([float(figure) for figure in row[0]], [7, 5, 4, 1, 2, 0.25, 0.5, 1.0, 0.75, 1.0])

    def test_by_product(self):
        """The first order counts for each of its products, and its ten boards as one order.

        Boards: 3 orders judged, 1 perfect, 2 on time. Wardrobe: 2 judged (the fifth has no promise), 1 of 2 perfect.
        """
        rows = self._read(["product_id"], "judged_count:sum", "perfect_rate:avg", "on_time_rate:avg")
        figures = {
            product: (judged, round(perfect, 4), round(on_time, 4)) for product, judged, perfect, on_time in rows
        }
        self.assertEqual(figures[self.boards], (3, 0.3333, 0.6667))
        self.assertEqual(figures[self.wardrobe], (2, 0.5, 0.5))
        self.assertEqual(figures[self.assembly], (1, 1.0, 1.0))

    def test_by_month_and_department(self):
        """The seller's department; the month of the first promise, not of the one that was made of it."""
        self.fourth.commitment_date = datetime(2030, 6, 30, 12)
        rows = self._read(["first_promised_day:month", "department_id"], "judged_count:sum", "late_count:sum")
        self.assertEqual(
            [(str(month)[:7], department.name, judged, late) for month, department, judged, late in rows if month],
            [("2030-05", "Sales", 4, 2)],
        )

    def test_nothing_judged_yet(self):
        """On the promised day itself an open order is not late, and no rate is no rate rather than zero."""
        with freeze_time("2030-05-10 12:00:00"):
            report = self.env["order.promise.report"].with_user(self.manager)
            row = report._read_group(
                [("order_id", "=", self.fourth.id)], [], ["order_count:sum", "judged_count:sum", "perfect_rate:avg"]
            )
        self.assertEqual(row, [(1, 0, False)])

    def test_on_time_as_agreed(self):
        """The second order came two days late; four days were the customer's wish."""
        self.second.commitment_date = self.SECOND
        self.second.promise_slip_ids.with_user(self.manager).reason_id = self.customer_wish
        row = self._read([], "on_time_rate:avg", "on_time_agreed_rate:avg")
        self.assertEqual([float(figure) for figure in row[0]], [0.5, 0.75])

    def test_list(self):
        """Rows show how their order came, and open it."""
        rows = self.env["order.promise.report"].search([("order_id", "=", self.second.id)])
        self.assertRecordValues(
            rows,
            [
                {
                    "product_id": self.boards.id,
                    "days_late": 2,
                    "is_late": True,
                    "is_in_full": True,
                    "is_perfect": False,
                    "perfect_rate": 0.0,
                    "in_full_rate": 1.0,
                    "order_count": 1,
                }
            ],
        )
        self.assertEqual(rows.action_open_order()["res_id"], self.second.id)

    def test_who_sees_what(self):
        """As the orders: other departments all of them, another seller his own, another company and portal none."""
        for user in (self.manager, self.seller, self.storekeeper, self.technician, self.bookkeeper, self.planner):
            self.assertEqual(self._read([], "order_count:sum", user=user), [(5,)])
        self.assertEqual(self._read([], "order_count:sum", user=self.other_seller), [(0,)])
        self.fourth.user_id = self.other_seller
        self.assertEqual(self._read([], "order_count:sum", user=self.other_seller), [(1,)])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._make_user("elsewhere_seller", "sales_team.group_sale_manager", company=company)
        self.assertEqual(self._read([], "order_count:sum", user=stranger), [(0,)])
        with self.assertRaises(AccessError):
            self._read([], "order_count:sum", user=self.customer_user)

    def test_slips_by_reason_and_department(self):
        """Two slips of 4 days by the warehouse, one of 4 by the customer: days by reason and department."""
        with freeze_time("2030-05-01 08:00:00"):
            self._move(order=self.fourth, department_id=self.warehouse_department.id)
            self._move(datetime(2030, 5, 18, 12), order=self.fourth, department_id=self.warehouse_department.id)
            other = self._make_order([(self.window, 1)])
            self._move(order=other, reason_id=self.customer_wish.id, department_id=False)
        rows = self.env["order.promise.slip"]._read_group(
            [("order_id", "in", (self.fourth | other).ids)], ["reason_id", "department_id"], ["days:sum", "__count"]
        )
        self.assertEqual(
            {(reason.name, department.name): (days, count) for reason, department, days, count in rows},
            {("Material late", "Warehouse"): (8, 2), ("Customer's wish", False): (4, 1)},
        )
