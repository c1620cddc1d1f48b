"""Behind a figure are its records: each list opens them, for everybody who sees the list."""

from ast import literal_eval

from lxml import etree

from odoo.tests import tagged

from .facts_common import FactsCommon

#: Tables of figures whose rows are sums over people on purpose: nothing opens from them.
SUMS_OF_PEOPLE = ("order.people.report", "order.team.report")


def of_figures(env):
    """Return the models that show figures."""
    return [
        name
        for name, model in env.items()
        if hasattr(model, "_get_unreadable_fields") and not model._abstract and name not in SUMS_OF_PEOPLE
    ]


@tagged("post_install", "-at_install")
class TestBehindFigures(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = (cls.seller, cls.bookkeeper, cls.manager, cls.bookkeeper_all)

    def test_every_list_opens_its_records(self):
        """By an action of its rows, or as there is a form."""
        views = self.env["ir.ui.view"].search(
            [("model", "in", of_figures(self.env)), ("type", "in", ["list", "kanban"])]
        )
        self.assertGreater(len(views), 6)
        for view in views:
            root = etree.fromstring(self.env[view.model].get_view(view.id, view.type)["arch"])
            forms = self.env["ir.ui.view"].search_count([("model", "=", view.model), ("type", "=", "form")])
            with self.subTest(view=view.xml_id):
                self.assertTrue(forms or hasattr(self.env[view.model], root.get("action") or "none"))

    def _make_facts(self):
        """A fact of each kind: a plan, an extension, work, a bill, a favour, an advance and an invoice."""
        self._sign(self._make_change(self._add(self.window), send=True))
        self._log(5)
        self._make_bill({"price_unit": 900.0, "analytic_distribution": {str(self.account.id): 100}})
        self.env["sale.minor.item"].create(
            {
                "name": "Adjust a door",
                "order_id": self.order.id,
                "user_id": self.technician.id,
                "duration": 0.5,
                "date": "2026-03-03",
            }
        )
        self._advance(100.0)
        self._invoice()
        self.env.flush_all()
        return self.env["order.postcalc.report"].search([("order_id", "=", self.order.id)])

    def test_every_record_opens(self):
        """Or the row says what it is from; nobody meets an error."""
        facts = self._make_facts()
        self.assertGreaterEqual(
            set(facts.mapped("kind")), {"plan", "change", "labour", "minor", "invoice", "downpayment"}
        )
        events = self.env["order.extra.trend"].search([("order_id", "=", self.order.id)])
        for user in self.users:
            for row in [*facts, *events]:
                self.env.invalidate_all()
                action = row.with_user(user).action_open_source()
                with self.subTest(user=user.login, row=row.display_name):
                    if action["type"] == "ir.actions.client":
                        self.assertIn("This figure is from", action["params"]["message"])
                        continue
                    self._read_form(user, action)

    def _read_form(self, user, action):
        """Read what the form shows, as the web client does it."""
        self.env.invalidate_all()
        record = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        view_id = action["views"][0][0]
        arch = etree.fromstring(record.get_views([(view_id, "form")])["views"]["form"]["arch"])
        names = {node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")}
        self.assertTrue(record.web_read({name: {} for name in names}))

    def test_which_open_for_whom(self):
        """A seller their order, and the task where the timesheet isn't theirs; a bookkeeper invoices and bills."""
        facts = self._make_facts()

        def opens(user, kind):
            fact = facts.filtered(lambda fact: fact.kind == kind)[:1].with_user(user)
            self.env.invalidate_all()
            return fact.action_open_source()["type"] == "ir.actions.act_window"

        self.assertTrue(all(opens(self.seller, kind) for kind in ("plan", "change", "labour", "minor")))
        [bill] = facts.filtered(lambda fact: fact.actual_cost == 900).mapped("kind")
        self.assertTrue(all(opens(self.bookkeeper, kind) for kind in ("invoice", "downpayment", bill)))
        self.assertTrue(all(opens(self.manager, kind) for kind in ("plan", "change", "minor")))

    def test_columns_of_what_was_clicked(self):
        view = self.env.ref("order_postcalc.order_postcalc_report_view_list_sheet")
        arch = etree.fromstring(view.arch)
        measures = [node for node in arch.iter("field") if node.get("sum")]
        self.assertEqual(len(measures), 9)
        for node in measures:
            self.assertIn(f"'{node.get('name')}' not in context.get('postcalc_columns'", node.get("column_invisible"))
            self.assertFalse(node.get("optional"), "what was clicked is never hidden")

    # === GROUPS AND FAVOURITES ===

    def test_nothing_unreadable_is_offered(self):
        """Whatever a role can group, search or filter by works for that role."""
        for user in self.users:
            for name in of_figures(self.env):
                model = self.env[name].with_user(user)
                if not model.has_access("read"):
                    continue
                arch = etree.fromstring(model.get_view(view_type="search")["arch"])
                groups = [node.get("context") for node in arch.xpath("//filter[@context]")]
                fields = model.fields_get()
                offered = {group for context in groups if (group := literal_eval(context).get("group_by"))}
                offered |= {field for field, info in fields.items() if info["groupable"] and info["type"] == "many2one"}
                for favourite in self.env["ir.filters"].with_user(user).get_filters(name):
                    group = literal_eval(favourite["context"]).get("group_by") or []
                    offered |= {group} if isinstance(group, str) else set(group)
                for group in sorted(offered):
                    with self.subTest(user=user.login, model=name, group=group):
                        model.formatted_read_group([], [group], ["__count"])
                        model.search([], order=group.split(":")[0], limit=1)
                for node in arch.xpath("//field"):
                    with self.subTest(user=user.login, model=name, search=node.get("name")):
                        model.search_count([(node.get("name"), "ilike", "a")])

    def test_templates(self):
        """A bookkeeper may not read quotation templates: neither the group nor the favourite is there for them."""
        for user, expected in ((self.bookkeeper, False), (self.manager, True)):
            model = self.env["order.postcalc.report"].with_user(user)
            self.assertEqual("group_template" in model.get_view(view_type="search")["arch"], expected)
            self.assertEqual(model.fields_get(["order_template_id"])["order_template_id"]["groupable"], expected)
            names = [found["name"] for found in self.env["ir.filters"].with_user(user).get_filters(model._name)]
            self.assertEqual("By Quotation Template" in names, expected)
            self.assertIn("By Customer", names)

    def test_employees(self):
        """They are there for a coach, who sees no more of them than everybody does."""
        coach = self.bookkeeper_all
        coach.group_ids |= self.env.ref("order_postcalc.group_coach")
        model = self.env["order.postcalc.report"].with_user(coach)
        self.assertFalse(self.env["hr.employee"].with_user(coach).has_access("read"))
        self.assertIn("group_employee", model.get_view(view_type="search")["arch"])
        names = [found["name"] for found in self.env["ir.filters"].with_user(coach).get_filters(model._name)]
        self.assertIn("By Employee", names)
