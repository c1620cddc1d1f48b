"""Photos on the way from a phone: shrunk before the upload, refused there when they are none."""

import io

from PIL import Image

from odoo.tests import HttpCase, tagged

from .common import ChangeOrderCommon


@tagged("post_install", "-at_install")
class TestExtraPhotosTour(ChangeOrderCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_photo_of_a_phone(self):
        change = self._make_change(user=self.technician)
        self.start_tour(
            f"/odoo/action-order_extension.sale_change_order_action/{change.id}", "extra_photos", login="joinery_tech"
        )
        change.invalidate_recordset()
        (photo,) = change.photo_ids
        with Image.open(io.BytesIO(photo.raw)) as image:
            # 4 000 x 3 000 to 1 600 at its longer side
            self.assertEqual((image.format, image.size), ("JPEG", (1600, 1200)))
        left_over = self.env["ir.attachment"].search([("name", "=", "note.jpg")])
        self.assertFalse(left_over, "what is refused is not uploaded")
