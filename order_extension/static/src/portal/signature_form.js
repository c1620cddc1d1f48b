import { markup, onMounted, useEffect, useState } from "@odoo/owl";

import { hasTouch } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { redirect } from "@web/core/utils/urls";

import { SignatureForm } from "@portal/signature_form/signature_form";

import { showParts } from "./change_order_parts";

/**
 * The signature form of the portal, for an answer that takes a moment and may be a refusal: it says that it is
 * working, shows why something was not signed and what the page shows now, and keeps what was entered.
 */
export class ChangeOrderSignatureForm extends SignatureForm {
    static template = "order_extension.SignatureForm";

    setup() {
        super.setup();
        this.progress = useState({ shown: false, sending: false, failed: false, role: "", contract: false, kept: false });
        // With a finger one draws and needs height; with a mouse the typed name looks better.
        const touch = hasTouch();
        this.nameAndSignatureProps.mode = this.props.mode || (touch ? "draw" : "auto");
        this.nameAndSignatureProps.displaySignatureRatio = this.props.signatureRatio || (touch ? 2 : 3);
        // Before its dialog is there, the field has no size and any signature in it would be an empty picture.
        onMounted(() => {
            const dialog = this.rootRef.el.closest(".modal");
            this.progress.shown = !dialog || dialog.classList.contains("show");
            dialog?.addEventListener("shown.bs.modal", () => (this.progress.shown = true));
        });
        useEffect(
            (error) => {
                if (error) {
                    this.rootRef.el.querySelector("[role=alert]").scrollIntoView({ block: "center" });
                }
            },
            () => [this.state.error]
        );
    }

    get isIncomplete() {
        return !this.progress.shown || !this.signature.name?.trim() || this.signature.isSignatureEmpty !== false;
    }

    /**
     * In the words of the page, whatever the portal's form calls it in the customer's language.
     *
     * @override
     */
    get sendLabel() {
        return this.props.sendLabel || _t("Accept & Sign");
    }

    reload() {
        window.location.reload();
    }

    /**
     * @override
     */
    async onClickSubmit() {
        if (this.progress.sending) {
            return; // a second tap is no second signature
        }
        this.progress.sending = true;
        this.progress.failed = false;
        this.progress.contract = this.progress.kept = false;
        this.state.error = false;
        const page = document.querySelector(".o_change_order");
        // of what the page shows now: others may have changed it since it was loaded
        const seenHash = page?.dataset.contentHash;
        let answer;
        try {
            const signature = this.signature.getSignatureImage().split(",")[1];
            answer = await rpc(this.props.callUrl, {
                name: this.signature.name,
                signature,
                role: this.progress.role,
                content_hash: seenHash,
            });
        } catch {
            // Without an answer nobody knows: only the page itself can tell whether it was signed.
            this.progress.failed = true;
            answer = {
                error: _t(
                    "We got no answer from our server. Please load the page again: it shows whether your signature has arrived."
                ),
            };
        }
        if (answer.force_refresh) {
            redirect(answer.redirect_url);
            return;
        }
        if (page && answer.parts) {
            showParts(page, answer);
            this.progress.kept = true;
            this.progress.contract = answer.content_hash !== seenHash && markup(answer.parts.contract);
        }
        this.progress.sending = false;
        this.state.error = answer.error;
    }
}

registry.category("public_components").add("order_extension.signature_form", ChangeOrderSignatureForm);
