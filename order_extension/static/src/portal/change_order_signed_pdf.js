import { markup } from "@odoo/owl";

import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { setElementContent } from "@web/core/utils/html";
import { Interaction } from "@web/public/interaction";

/** Seconds between two questions. Then whoever waits loads the page again. */
const PAUSES = [2, 2, 3, 3, 5, 5, 10, 10, 20, 30, 60];

/**
 * The PDF of what was signed is made after the signature: the page shows it when it is there.
 */
export class ChangeOrderSignedPdf extends Interaction {
    static selector = ".o_change_order_pdf_pending";

    async willStart() {
        this.askLater([...PAUSES]);
    }

    askLater([pause, ...later]) {
        if (pause) {
            this.waitForTimeout(() => this.ask(later), pause * 1000);
        }
    }

    async ask(later) {
        let answer = {};
        try {
            answer = await this.waitFor(rpc(this.el.dataset.url, {}, { silent: true }));
        } catch {
            // no answer just now: asked again
        }
        if (answer.part) {
            setElementContent(this.el.closest("[data-part=pdf]"), markup(answer.part));
        } else {
            this.askLater(later);
        }
    }
}

registry.category("public.interactions").add("order_extension.change_order_signed_pdf", ChangeOrderSignedPdf);
