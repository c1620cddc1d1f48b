import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

import { showParts } from "./change_order_parts";

/**
 * Options of a change order: a tick is kept at once, and all that it changes on the page follows without loading the
 * page anew, so that whoever reads on a phone stays where he is.
 */
export class ChangeOrderOptions extends Interaction {
    static selector = ".o_change_order[data-select-url]";
    dynamicContent = {
        ".o_change_order_option input": {
            "t-on-change": this.onChange,
            "t-att-disabled": () => this.busy || this.failed,
        },
        ".o_change_order_accept": { "t-att-disabled": () => this.busy || this.failed },
        ".o_change_order_lines": { "t-att-aria-busy": () => (this.busy ? "true" : undefined) },
    };

    setup() {
        this.busy = false;
        this.failed = false;
    }

    async onChange(ev) {
        const input = ev.currentTarget;
        const lineId = Number(input.closest("[data-line-id]").dataset.lineId);
        this.busy = true;
        this.updateContent();
        let answer;
        try {
            answer = await this.waitFor(
                rpc(this.el.dataset.selectUrl, { line_id: lineId, selected: input.checked }, { silent: true })
            );
        } catch {
            answer = { error: _t("We got no answer from our server. Please load the page again.") };
        }
        this.busy = false;
        if (answer.error) {
            // What is shown may not be true any more: nothing can be chosen or signed before it is loaded again.
            input.checked = !input.checked;
            this.failed = true;
            this.showError(answer.error);
        } else {
            this.show(answer);
        }
        this.updateContent();
        input.focus({ preventScroll: true });
    }

    show(answer) {
        showParts(this.el, answer);
        // for whoever doesn't see that the sums have changed
        const total = this.el.querySelector('[data-part="total"]').textContent.trim();
        this.el.querySelector(".o_change_order_announcement").textContent = _t("New total with taxes: %s", total);
    }

    showError(message) {
        const reload = document.createElement("button");
        reload.type = "button";
        reload.className = "btn btn-sm btn-outline-danger d-block mt-2";
        reload.textContent = _t("Load the page again");
        reload.addEventListener("click", () => window.location.reload());
        const box = this.el.querySelector(".o_change_order_option_error");
        box.className = "o_change_order_option_error alert alert-danger m-3";
        box.replaceChildren(message, reload);
        box.scrollIntoView({ block: "nearest" });
    }
}

registry.category("public.interactions").add("order_extension.change_order_options", ChangeOrderOptions);
