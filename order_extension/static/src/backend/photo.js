/** Pixels of the longer side: a screen full, some hundred kilobytes instead of the megabytes of a phone's camera. */
export const MAX_SIDE = 1600;
/** What is small already, and shown everywhere, is left as it is. */
const SHOWN_TYPES = ["image/jpeg", "image/png", "image/gif"];
const SMALL_FILE = 1024 * 1024;

/**
 * Return a photo as it is uploaded: at most MAX_SIDE pixels, upright, a JPEG unless it is small and shown everywhere.
 * Where the picture was taken and with which phone goes with the rest of what a camera writes into it.
 *
 * @param {File} file
 * @returns {Promise<File>}
 * @throws when the browser can't open it as a picture, whatever it is called
 */
export async function shrinkPhoto(file) {
    const picture = await createImageBitmap(file);
    try {
        const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
        if (scale === 1 && SHOWN_TYPES.includes(file.type) && file.size <= SMALL_FILE) {
            return file;
        }
        const canvas = document.createElement("canvas");
        canvas.width = Math.max(1, Math.round(picture.width * scale));
        canvas.height = Math.max(1, Math.round(picture.height * scale));
        const context = canvas.getContext("2d");
        context.fillStyle = "white"; // what is transparent would become black
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.imageSmoothingQuality = "high";
        context.drawImage(picture, 0, 0, canvas.width, canvas.height);
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
        if (!blob) {
            throw new Error(file.name);
        }
        return new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
    } finally {
        picture.close();
    }
}
