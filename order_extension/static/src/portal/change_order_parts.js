import { markup } from "@odoo/owl";

import { setElementContent } from "@web/core/utils/html";

/**
 * Put into the page what the server says that it is to show now, without loading it anew: whoever reads stays where
 * they are, and what they have entered stays.
 *
 * @param {HTMLElement} page
 * @param {{content_hash: string, selected: number[], parts: Object<string, string>}} shown
 */
export function showParts(page, { content_hash: contentHash, selected, parts }) {
    for (const option of page.querySelectorAll(".o_change_order_option")) {
        const chosen = selected.includes(Number(option.dataset.lineId));
        option.querySelector("input").checked = chosen;
        option.classList.toggle("o_change_order_left", !chosen);
    }
    for (const [part, html] of Object.entries(parts)) {
        // in the whole document: the signature's dialog is outside
        for (const element of document.querySelectorAll(`[data-part="${part}"]`)) {
            setElementContent(element, markup(html));
        }
    }
    // the signature goes along with what is shown now
    page.dataset.contentHash = contentHash;
}
