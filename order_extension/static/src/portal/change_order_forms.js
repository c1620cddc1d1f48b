import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * An answer that was refused comes back in its dialog, as it was typed, with the reason.
 */
export class ChangeOrderReopenedForm extends Interaction {
    static selector = ".modal[data-reopen]";

    start() {
        window.Modal.getOrCreateInstance(this.el).show();
    }
}

registry.category("public.interactions").add("order_extension.change_order_reopened_form", ChangeOrderReopenedForm);
