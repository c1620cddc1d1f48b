from odoo import fields, models
from odoo.exceptions import UserError


class ExtraPhotosMixin(models.AbstractModel):
    """Photos that are taken on site and belong to one record: whoever sees the one sees the other, and only he."""

    _name = "extra.photos.mixin"
    _description = "Photos Taken on Site"

    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)

    def _claim_photos(self):
        """Tie uploaded photos to their record."""
        for record in self:
            photos = record.photo_ids
            # A link must not open what its author can't see.
            photos.check_access("read")
            loose = photos.filtered(
                lambda photo: (photo.res_model, photo.res_id) != (self._name, record.id)  # noqa: B023
            )
            if elsewhere := loose.filtered("res_id"):
                raise UserError(
                    self.env._("“%s” belongs to another document. Upload it here instead.", elsewhere[0].name)
                )
            if not_pictures := photos.filtered(lambda photo: not (photo.mimetype or "").startswith("image/")):
                raise UserError(
                    self.env._("“%s” is not a picture. Attach other files to a message below.", not_pictures[0].name)
                )
            # In sudo: a technician may not write on attachments in general, but these are his own uploads.
            loose.sudo().write({"res_model": self._name, "res_id": record.id})
            photos.sudo().filtered(lambda photo: not photo.access_token).generate_access_token()
