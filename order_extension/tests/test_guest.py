"""A guest in the house: what others have installed stays as it was."""

from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

#: The add-ons of this project, and those to come.
OURS = "order_"


@tagged("post_install", "-at_install")
class TestGuest(TransactionCase):
    def _users(self):
        groups = {
            "seller": "sales_team.group_sale_salesman",
            "leader": "sales_team.group_sale_manager",
            "technician": "order_extension.group_technician",
            "planner": "project.group_project_manager",
            "bookkeeper": "account.group_account_invoice",
        }
        users = {
            name: new_test_user(self.env, f"guest-{name}", groups=f"base.group_user,{group}")
            for name, group in groups.items()
        }
        return {"administrator": self.env.ref("base.user_admin"), **users}

    def test_apps_of_others_open_with_their_own_menu(self):
        """The first menu of an app is what the app opens with."""
        compared = 0
        for name, user in self._users().items():
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)

            def first_leaf(menu, menus=menus):
                while menu["children"]:
                    menu = menus[menu["children"][0]]
                return menu["xmlid"]

            for app in menus["root"]["children"]:
                if menus[app]["xmlid"].startswith(OURS):
                    continue
                compared += 1
                with self.subTest(user=name, app=menus[app]["xmlid"]):
                    self.assertFalse(first_leaf(menus[app]).startswith(OURS), "opens with a menu of ours")
        self.assertGreater(compared, 10)

    @mute_logger("odoo.http")
    def test_technicians_begin_on_site(self):
        """Unless they have a home of their own, or do more than work on site."""
        action = self.env.ref("order_extension.project_task_action_site")
        users = self._users()
        for name, user in users.items():
            with self.subTest(user=name):
                self.assertEqual(user._starts_on_site(), name == "technician")
        both = new_test_user(
            self.env, "guest-both", groups="order_extension.group_technician,project.group_project_manager"
        )
        self.assertFalse(both._starts_on_site())
        self.assertFalse(self.env.ref("base.public_user")._starts_on_site())
        self.assertNotIn(action.id, self.env["res.users"].search([]).action_id.ids, "nobody's own choice is touched")
