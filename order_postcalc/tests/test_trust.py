from odoo.tests import TransactionCase, tagged

from odoo.addons.order_extension.tests.field_access_common import FieldAccessCommon
from odoo.addons.order_extension.tests.told_common import ToldCommon
from odoo.addons.order_extension.tests.trust_common import TrustCommon


@tagged("post_install", "-at_install")
class TestTrustOfPostcalc(TrustCommon, TransactionCase):
    module = "order_postcalc"


@tagged("post_install", "-at_install")
class TestFieldAccessOfPostcalc(FieldAccessCommon, TransactionCase):
    module = "order_postcalc"


@tagged("post_install", "-at_install")
class TestToldByPostcalc(ToldCommon, TransactionCase):
    module = "order_postcalc"
    sellers_name_documents = False
