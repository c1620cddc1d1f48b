from odoo.tests import TransactionCase, tagged

from odoo.addons.order_extension.tests.controls_common import ControlsMixin


@tagged("post_install", "-at_install")
class TestControls(ControlsMixin, TransactionCase):
    """As in order_extension: nothing before somebody has switched it on."""

    addon = "order_postcalc"
