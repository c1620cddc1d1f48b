from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .controls_common import ControlsMixin


@tagged("post_install", "-at_install")
class TestControls(ControlsMixin, TransactionCase):
    """Nothing is refused and nothing is sent before somebody has switched it on."""

    addon = "order_extension"

    def test_who_may_use_the_recommended_set(self):
        """As with all settings: administrators."""
        manager = new_test_user(self.env, "joinery_head_of_sales", "sales_team.group_sale_manager")
        settings = self.env["res.config.settings"].create({})
        for user in (manager, self.env.ref("base.user_admin")):
            asked = settings.with_user(user).with_context(controls_of=self.addon)
            if user == manager:
                with self.assertRaises(AccessError):
                    asked.action_use_recommended_controls()
                with self.assertRaises(AccessError):
                    self.env.company.with_user(user).write({"undocumented_line_policy": "off"})
            else:
                asked.action_use_recommended_controls()
