from odoo.tests import TransactionCase, tagged

from odoo.addons.order_extension.tests.field_access_common import FieldAccessCommon
from odoo.addons.order_extension.tests.told_common import ToldCommon
from odoo.addons.order_extension.tests.trust_common import TrustCommon


@tagged("post_install", "-at_install")
class TestTrustOfAftersales(TrustCommon, TransactionCase):
    module = "order_aftersales"


@tagged("post_install", "-at_install")
class TestFieldAccessOfAftersales(FieldAccessCommon, TransactionCase):
    module = "order_aftersales"


@tagged("post_install", "-at_install")
class TestToldByAftersales(ToldCommon, TransactionCase):
    module = "order_aftersales"
