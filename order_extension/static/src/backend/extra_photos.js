import { hasTouch } from "@web/core/browser/feature_detection";
import { FileInput } from "@web/core/file_input/file_input";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Many2ManyBinaryField, many2ManyBinaryField } from "@web/views/fields/many2many_binary/many2many_binary_field";

import { shrinkPhoto } from "./photo";

/** A file input that takes photos: it can open the camera, and uploads what is left of them once they are prepared. */
export class PhotoInput extends FileInput {
    static template = "order_extension.PhotoInput";

    /**
     * @override
     */
    async onFileInputChange() {
        const input = this.fileInputRef.el;
        this.state.isDisable = true;
        try {
            const photos = await this.props.preparePhotos([...input.files]);
            if (photos.length) {
                const uploaded = await this.uploadFiles(this.props.route, { ...this.httpParams, ufile: photos });
                if (uploaded) {
                    await this.props.onUpload(uploaded);
                }
            }
        } finally {
            this.state.isDisable = false;
            // or the same photo could not be chosen again
            input.value = null;
        }
    }
}

/** Photos of a record: shrunk before the upload, refused by name when they can't be shown. */
export class ExtraPhotosField extends Many2ManyBinaryField {
    static template = "order_extension.ExtraPhotosField";
    static components = { ...Many2ManyBinaryField.components, PhotoInput };

    get hasCamera() {
        return hasTouch();
    }

    async preparePhotos(files) {
        const photos = [];
        for (const file of files) {
            try {
                photos.push(await shrinkPhoto(file));
            } catch {
                this.notification.add(
                    _t("“%s” can't be shown as a picture, so it was not added. Choose a JPEG or PNG picture.", file.name),
                    { title: _t("Not a Picture"), type: "danger", sticky: true }
                );
            }
        }
        return photos;
    }
}

registry.category("fields").add("extra_photos", { ...many2ManyBinaryField, component: ExtraPhotosField });
