from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestBoard(AftersalesCommon):
    """The board: the same for all, as quick as Odoo's own, and what is on its cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls.env.ref("order_aftersales.sale_order_view_kanban_board")
        cls.kanban = cls.env.ref("sale.view_sale_order_kanban")

    def _read(self, user, view, domain=(), order=None):
        """What the web client asks for when it opens a kanban by stage; and how many queries that takes."""
        orders = (
            self.env["sale.order"]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids, read_group_expand=True)
        )
        view_fields = orders.get_views([(view.id, "kanban")])["models"]["sale.order"]["fields"]
        arch = self.env["ir.ui.view"].browse(view.id)._get_combined_arch()
        # in the order of the view, as the web client does it
        names = [node.get("name") for node in arch.iter("field") if node.get("name") in view_fields]
        names += ["activity_state", "activity_summary", "activity_type_id"]
        specification = {
            name: {"fields": {"display_name": {}}} if orders._fields[name].type == "many2one" else {} for name in names
        }
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = orders.web_read_group(
            [*domain],
            ["order_stage_id"],
            [],
            auto_unfold=True,
            unfold_read_specification=specification,
            order=order,
        )
        return found["groups"], self.env.cr.sql_log_count - before

    def _read_board(self, user):
        groups, queries = self._read(
            user, self.board, [("is_order_open", "=", True)], "priority_score desc, stage_deadline, id"
        )
        return groups, queries

    def test_no_more_queries_than_odoo(self):
        """Odoo's own kanban of orders, grouped by the same stages, with its bar of activities on top."""
        for _number in range(3):
            self._make_order(lines=[(self.fitting, 1)])
        self.order.activity_schedule("mail.mail_activity_data_todo", user_id=self.seller.id)
        orders = self.env["sale.order"].with_user(self.manager)

        def theirs():
            queries = self._read(self.manager, self.kanban)[1]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.read_progress_bar(
                domain=[],
                group_by="order_stage_id",
                progress_bar={
                    "field": "activity_state",
                    "colors": {"planned": "success", "today": "warning", "overdue": "danger"},
                },
            )
            return queries + self.env.cr.sql_log_count - before

        # the first time each fills caches that outlive a request
        self._read_board(self.manager), theirs()
        self.assertLessEqual(self._read_board(self.manager)[1], theirs())

    def test_same_stages_for_all(self):
        """Every stage in use is there, whether an order is in it or not; in it, those that the user may see."""
        for user in (self.seller, self.storekeeper, self.planner, self.bookkeeper, self.manager, self.service):
            groups, _queries = self._read_board(user)
            codes = [self.env["order.stage"].browse(group["order_stage_id"][0]).code for group in groups]
            with self.subTest(user.login):
                self.assertEqual(
                    codes,
                    [
                        "generation", "costing", "entry", "selection", "scheduling", "fulfilment", "billing",
                        "returns", "aftersales", "done",
                    ],
                )  # fmt: skip
                ids = [record["id"] for group in groups for record in group.get("__records", ())]
                self.assertIn(self.order.id, ids)
        groups, _queries = self._read_board(self.other_seller)
        self.assertFalse([record for group in groups for record in group.get("__records", ())])

    def test_card(self):
        self._make_change(send=True)
        self.order.with_user(self.planner).action_take_over()
        groups, _queries = self._read_board(self.seller)
        card = next(
            record for group in groups for record in group.get("__records", ()) if record["id"] == self.order.id
        )
        self.assertEqual(card["stage_owner_name"], self.planner.name)
        self.assertEqual(card["stage_owner_key"], self.planner.id)
        self.assertIn("Extension not signed", card["board_warnings"])
        self.assertEqual(card["amount_total"], self.order.amount_total)
        self.assertEqual(card["stage_age_days"], 0)

    def test_next_step_on_the_card(self):
        """What comes next and when, beside what is wrong: the delivery of the fitting sets."""
        order = self._make_order(lines=[(self.fitting, 4)])
        self._pass_decisions(order)
        order.picking_ids.scheduled_date = "2030-05-10 08:00:00"
        self.env.flush_all()
        groups, _queries = self._read_board(self.planner)
        card = next(card for group in groups for card in group["__records"] if card["id"] == order.id)
        self.assertEqual((card["next_step_kind"], str(card["next_step_on"])), ("delivery", "2030-05-10 23:59:59"))

    def _read_sheet(self, order, view):
        """Read all of the form ``view`` that the user sees, as the web client does it."""
        arch = etree.fromstring(order.get_views([(view.id, "form")])["views"]["form"]["arch"])
        specification = {}
        for node in arch.xpath("//field[not(ancestor::field)]"):
            # a list or the cards of a phone
            inner = {field.get("name"): {} for field in node.iter("field") if field is not node}
            specification[node.get("name")] = {"fields": inner} if inner else {}
        self.env.flush_all()
        self.env.invalidate_all()
        return order.web_read(specification)[0]

    def test_opened_from_anywhere(self):
        """From another document, too, each department gets a form that it can read: who sells that of Odoo.

        Odoo shows a manager of projects the services only: what is ordered they read on the sheet, without prices, and
        get no right on the lines by it.
        """
        order = self._make_order(lines=[(self.fitting, 4), (self.assembly, 1)])
        sheet = self.env.ref("order_aftersales.sale_order_view_form_board")
        for user in (self.planner, self.technician, self.storekeeper, self.bookkeeper, self.service):
            action = order.with_user(user).get_formview_action()
            with self.subTest(user.login):
                self.assertEqual(action["views"], [(sheet.id, "form")])
                values = self._read_sheet(order.with_user(user), sheet)
                self.assertEqual(values["order_stage_id"], self._stage("entry").id)
                self.assertEqual(values["amount_total"], order.amount_total)  # as on the card
                for words in ("Fitting set", "4.00", "Assembly"):
                    self.assertIn(words, values["ordered_summary"])
                self.assertNotIn("25.00", values["ordered_summary"], "what it costs is none of it")
        goods = order.order_line.filtered(lambda line: line.product_id == self.fitting).with_user(self.planner)
        self.assertFalse(goods.search([("id", "in", goods.ids)]))
        for act in (lambda: goods.read(["price_unit"]), lambda: goods.write({"product_uom_qty": 1})):
            with self.assertRaises(AccessError):
                act()
        for user in (self.seller, self.manager):
            self.assertEqual(order.with_user(user).get_formview_action()["views"], [(False, "form")])
        report = self.env["order.promise.report"].search([("order_id", "=", order.id)], limit=1)
        self.assertEqual(report.with_user(self.planner).action_open_order()["views"], [(sheet.id, "form")])

    def test_opened_from_any_list(self):
        """Rows of lists, activities and addresses ask for no form by name: who doesn't sell gets the sheet."""
        sheet = self.env.ref("order_aftersales.sale_order_view_form_board")
        orders = self.env["sale.order"]
        for user, opens in (
            (self.planner, True), (self.storekeeper, True), (self.bookkeeper, True), (self.service, True),
            (self.technician, True), (self.seller, False), (self.manager, False),
        ):  # fmt: skip
            view = orders.with_user(user).get_views([(False, "form"), (False, "list")])["views"]["form"]
            with self.subTest(user.login):
                self.assertEqual(view["id"] == sheet.id, opens)
                if opens:
                    self.assertTrue(self._read_sheet(self.order.with_user(user), sheet))

    def test_every_action_opens_the_sheet(self):
        """Each window of ours on orders shows those a form that all of its users can read."""
        sheet = self.env.ref("order_aftersales.sale_order_view_form_board")
        data = self.env["ir.model.data"].search(
            [("module", "=", "order_aftersales"), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        actions = actions.filtered(lambda action: action.res_model == "sale.order" and "form" in action.view_mode)
        self.assertGreaterEqual(len(actions), 4)
        for action in actions:
            with self.subTest(action.xml_id):
                self.assertIn((sheet.id, "form"), [(view_id, mode) for view_id, mode in action.views])

    def test_empty_stages_only_for_all(self):
        """Who looks for what is theirs sees the stages where that is; who looks for all sees all stages."""
        self._make_order(lines=[(self.fitting, 1)]).stage_owner_id = self.planner
        for domain, empty in (
            ([("is_mine_now", "=", True)], False),
            ([("is_order_open", "=", True), ("is_my_decision", "=", True)], False),
            ([("is_order_open", "=", True)], True),
        ):
            groups, _queries = self._read(self.planner, self.board, domain)
            with self.subTest(domain=domain):
                self.assertEqual(any(not group["__count"] for group in groups), empty)

    def test_a_board_without_orders_has_its_stages(self):
        """Without any column Odoo's board says nothing, not even its help."""
        nobody = self._make_user("nobody", "project.group_project_user")
        groups, _queries = self._read(nobody, self.board, [("is_mine_now", "=", True)])
        self.assertTrue(groups)
        self.assertFalse(any(group["__count"] for group in groups))

    def test_first_of_its_menu(self):
        """The app opens on the board; from the apps of departments it begins with what is theirs, in Sales with all."""
        root = self.env.ref("order_aftersales.order_aftersales_menu_root")
        self.assertEqual(root.child_id.sorted("sequence")[0], self.env.ref("order_aftersales.order_board_menu"))
        for place, mine in (("sale", False), ("project", True), ("stock", True), ("invoicing", True)):
            action = self.env.ref(f"order_aftersales.order_board_menu_{place}").action
            with self.subTest(place):
                self.assertEqual("search_default_mine" in action.context, mine)

    def test_dates_are_dates(self):
        """“Last month” is no date for yesterday; and an empty list says what it is for."""
        data = self.env["ir.model.data"].search([("module", "=", "order_aftersales")])
        views = self.env["ir.ui.view"].browse(data.filtered(lambda one: one.model == "ir.ui.view").mapped("res_id"))
        self.assertFalse(views.filtered(lambda view: "remaining_days" in (view.arch_db or "")).mapped("xml_id"))
        actions = self.env["ir.actions.act_window"].browse(
            data.filtered(lambda one: one.model == "ir.actions.act_window").mapped("res_id")
        )
        windows = actions.filtered(lambda action: action.target != "new")
        self.assertFalse(
            windows.filtered(lambda action: "o_view_nocontent" not in (action.help or "")).mapped("xml_id")
        )

    def test_buttons_of_the_sheet(self):
        """Four at most; what is decided has its own beside it."""
        sheet = self.env.ref("order_aftersales.sale_order_view_form_board")
        arch = etree.fromstring(self.env["sale.order"].get_view(sheet.id, "form")["arch"])
        self.assertLessEqual(len(arch.xpath("//header/button")), 4)

    def test_short_stock(self):
        """Four fitting sets are ordered, none is there."""
        order = self._make_order(lines=[(self.fitting, 4)])
        order.picking_ids.action_assign()
        self.assertIn("Goods are missing", order.board_warnings)
        self.env["stock.quant"]._update_available_quantity(self.fitting, order.warehouse_id.lot_stock_id, 4)
        order.picking_ids.action_assign()
        self.assertNotIn("Goods are missing", order.board_warnings or [])

    def test_margin_for_those_who_may_see_it(self):
        """A warning of post-calculation; a technician sees the board without it."""
        if "is_margin_eroding" not in self.order._fields:
            self.skipTest("order_postcalc is not installed")
        self.env.cr.execute("UPDATE sale_order SET is_margin_eroding = TRUE WHERE id = %s", [self.order.id])
        self.env.invalidate_all()
        self.assertIn("Margin shrinks", self.order.with_user(self.manager).board_warnings)
        self.assertNotIn("Margin shrinks", self.order.with_user(self.technician).board_warnings or [])

    def test_class_of_the_customer(self):
        if "abc_class" not in self.customer._fields:
            self.assertFalse(self.order.customer_class)
            self.skipTest("order_postcalc is not installed")
        self.env.cr.execute(
            "UPDATE res_partner SET abc_class = jsonb_build_object(%s, 'A') WHERE id = %s",
            [str(self.company.id), self.customer.id],
        )
        self.env.invalidate_all()
        self.env.add_to_compute(self.order._fields["customer_class"], self.order)
        self.assertEqual(self.order.with_user(self.seller).customer_class, "A")
        # what a customer contributes is not for everybody on the board
        with self.assertRaises(AccessError):
            self.order.with_user(self.storekeeper).read(["customer_class"])
