import { registry } from "@web/core/registry";

const CAMERA = ".o_field_extra_photos input[type=file][capture]";

/** Hand files to the input as the camera or the gallery does. */
function give(input, ...files) {
    const transfer = new DataTransfer();
    for (const file of files) {
        transfer.items.add(file);
    }
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A photo as large as a phone takes it, 12 megapixels, with something to see on it. */
async function takePhoto(name) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [4000, 3000];
    const context = canvas.getContext("2d");
    context.fillStyle = "sienna";
    context.fillRect(0, 0, 4000, 1500);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    return new File([blob], name, { type: "image/png" });
}

/** On a phone: the camera's photo is shrunk before it is uploaded; what is none is refused by its name. */
registry.category("web_tour.tours").add("extra_photos", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link[name=photos]",
            run: "click",
        },
        {
            content: "one button opens the camera, the other the gallery",
            trigger: ".o_field_extra_photos:has(.o_extra_photos_camera):has(.o_extra_photos_choose)",
        },
        {
            content: "a text that is called .jpg",
            trigger: ".o_field_extra_photos",
            run() {
                const input = document.querySelector(".o_field_extra_photos input[type=file][multiple]");
                give(input, new File(["only text"], "note.jpg", { type: "image/jpeg" }));
            },
        },
        {
            trigger: ".o_notification:contains(note.jpg)",
        },
        {
            content: "a photo, as the camera takes it",
            trigger: ".o_field_extra_photos:not(:has(.o_attachment))",
            async run() {
                give(document.querySelector(CAMERA), await takePhoto("wall.png"));
            },
        },
        {
            trigger: ".o_field_extra_photos .o_attachment:contains(wall.jpg)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
