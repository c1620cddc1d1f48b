from odoo.tests import TransactionCase, tagged

from .field_access_common import FieldAccessCommon
from .told_common import ToldCommon
from .trust_common import TrustCommon


@tagged("post_install", "-at_install")
class TestTrustOfExtension(TrustCommon, TransactionCase):
    module = "order_extension"


@tagged("post_install", "-at_install")
class TestFieldAccessOfExtension(FieldAccessCommon, TransactionCase):
    module = "order_extension"
    customer_fields = {
        "sale.change.order": {
            "name": "My Change Orders: shown, and sorted by",
            "title": "My Change Orders: shown",
            "order_id": "My Change Orders: shown",
            "state": "My Change Orders: shown, filtered and sorted by; counted on the portal's first page",
            "sent_on": "My Change Orders: shown, and sorted by; what wasn't sent isn't theirs to see",
            "validity_date": "My Change Orders: shown; counted on the portal's first page",
            "amount_total": "My Change Orders: shown, and sorted by",
            "currency_id": "My Change Orders: of the total",
            "partner_id": "My Change Orders: whose they are",
            "signer_partner_id": "My Change Orders: who is asked to sign",
        },
        "sale.change.order.line": {
            "change_order_id": "the page of a change order: which it belongs to",
            "sequence": "the page of a change order: in which order they stand",
        },
    }
    no_costs = {
        "sale.minor.item": {"material_cost": "whoever records a favour says what its material has cost"},
        "sale.extra.capture": {"material_cost": "the same, while it is recorded"},
    }


@tagged("post_install", "-at_install")
class TestToldByExtension(ToldCommon, TransactionCase):
    module = "order_extension"
