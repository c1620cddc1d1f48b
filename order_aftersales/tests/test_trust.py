from odoo.tests import TransactionCase, tagged

from odoo.addons.order_extension.tests.trust_common import TrustCommon


@tagged("post_install", "-at_install")
class TestTrustOfAftersales(TrustCommon, TransactionCase):
    module = "order_aftersales"
