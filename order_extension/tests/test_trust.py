from odoo.tests import TransactionCase, tagged

from .trust_common import TrustCommon


@tagged("post_install", "-at_install")
class TestTrustOfExtension(TrustCommon, TransactionCase):
    module = "order_extension"
