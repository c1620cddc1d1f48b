from odoo import api, fields, models
from odoo.exceptions import UserError

from ..pictures import is_picture, shown_picture


class ExtraPhotosMixin(models.AbstractModel):
    """Photos that are taken on site and belong to one record: whoever sees the one sees the other, and only they."""

    _name = "extra.photos.mixin"
    _description = "Photos Taken on Site"

    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._claim_photos(record.photo_ids)
        return records

    def write(self, vals):
        before = {record: record.photo_ids for record in self} if "photo_ids" in vals else {}
        res = super().write(vals)
        for record, photos in before.items():
            record._claim_photos(record.photo_ids - photos)
        return res

    def _claim_photos(self, photos):
        """Tie uploaded ``photos`` to their record."""
        self.ensure_one()
        # A link must not open what its author can't see.
        photos.check_access("read")
        loose = photos.filtered(lambda photo: (photo.res_model, photo.res_id) != (self._name, self.id))
        if elsewhere := loose.filtered("res_id"):
            raise UserError(self.env._("“%s” belongs to another document. Upload it here instead.", elsewhere[0].name))
        # A picture of a web page, or a colleague's, would go with this record, or with a new version of it.
        if others := loose.filtered(lambda photo: photo.public or photo.create_uid != self.env.user):
            raise UserError(self.env._("“%s” was uploaded by somebody else. Upload it here instead.", others[0].name))
        self._check_pictures(photos)
        # In sudo: a technician may not write on attachments in general, but these are his own uploads.
        loose.sudo().write({"res_model": self._name, "res_id": self.id})
        photos.sudo().filtered(lambda photo: not photo.access_token).generate_access_token()

    @api.model
    def _check_pictures(self, photos):
        """Keep what everybody can see, make a JPEG of what Odoo can read, and refuse the rest by its name.

        :raise UserError: naming the file that can't be shown
        """
        for photo in photos:
            if not (photo.mimetype or "").startswith("image/"):
                raise UserError(self.env._("“%s” is not a picture. Attach other files to a message below.", photo.name))
            try:
                picture = shown_picture(photo.raw)
            except ValueError as error:
                raise UserError(
                    self.env._(
                        "“%s” can't be shown as a picture: it is damaged, or of a kind that not everybody can open"
                        " (HEIC for example). Upload it as JPEG or PNG.",
                        photo.name,
                    )
                ) from error
            if picture != photo.raw:
                # In sudo: see _claim_photos.
                photo.sudo().write({"raw": picture, "mimetype": "image/jpeg", "name": f"{photo.name}.jpg"})

    def _get_shown_photos(self):
        """The photos that can be shown: what was uploaded before that was checked may be none."""
        self.ensure_one()
        # In sudo: whoever sees the record sees its photos.
        return self.photo_ids.sudo().filtered(lambda photo: is_picture(photo.raw))
