import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** The page's own sign button that is visible at this window size. */
const ACCEPT = ".o_change_order_accept:visible";

function assertInWindow(selector) {
    const box = [...document.querySelectorAll(selector)].find((el) => el.offsetParent).getBoundingClientRect();
    if (box.top < 0 || box.left < 0 || box.bottom > window.innerHeight + 1 || box.right > window.innerWidth + 1) {
        throw new Error(`${selector} is not in the window: ${JSON.stringify(box)}`);
    }
}

function assertNoSidewaysScroll() {
    const width = document.querySelector("#wrapwrap").scrollWidth;
    if (width > window.innerWidth) {
        throw new Error(`The page is ${width} wide in a window of ${window.innerWidth}`);
    }
}

/** On a phone, by the link alone: read, sign with the finger, be thanked. */
tours.add("change_order_portal_sign_phone", {
    steps: () => [
        {
            content: "the price is there at once",
            trigger: ".o_change_order_total:contains(101.15)",
        },
        {
            content: "and the new date",
            trigger: ".o_change_order_days:contains(Ready 3 days later):contains(05/13/2030)",
        },
        {
            content: "the button is in reach of the thumb without scrolling, and nothing is cut off",
            trigger: `.o_change_order_bar ${ACCEPT}`,
            run() {
                assertInWindow(".o_change_order_bar .o_change_order_accept");
                assertInWindow(".o_change_order_bar .o_change_order_decline");
                assertNoSidewaysScroll();
            },
        },
        {
            content: "open the signature",
            trigger: `.o_change_order_bar ${ACCEPT}`,
            run: "click",
        },
        {
            content: "it says what is accepted",
            trigger: ".modal.show .modal-body:contains(Stuck window):contains(101.15)",
        },
        {
            content: "with a finger one draws; nothing is drawn yet",
            trigger: ".modal.show .o_web_sign_draw_button.active",
        },
        {
            trigger: ".modal.show .o_portal_sign_submit:disabled",
        },
        {
            content: "draw",
            trigger: ".modal.show canvas.o_web_sign_signature",
            run() {
                const canvas = this.anchor;
                const box = canvas.getBoundingClientRect();
                const draw = (type, x, y) =>
                    canvas.dispatchEvent(
                        new PointerEvent(type, {
                            bubbles: true,
                            cancelable: true,
                            pointerId: 1,
                            pointerType: "touch",
                            isPrimary: true,
                            button: 0,
                            buttons: type === "pointerup" ? 0 : 1,
                            pressure: 0.5,
                            clientX: box.left + x * box.width,
                            clientY: box.top + y * box.height,
                        })
                    );
                draw("pointerdown", 0.2, 0.7);
                for (let i = 0; i <= 20; i++) {
                    draw("pointermove", 0.2 + i * 0.03, 0.5 + 0.2 * Math.sin(i));
                }
                draw("pointerup", 0.8, 0.6);
            },
        },
        {
            trigger: ".modal.show canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "without a name there is nothing to send",
            trigger: ".modal.show .o_web_sign_name_input",
            run: "clear",
        },
        {
            trigger: ".modal.show .o_portal_sign_submit:disabled",
        },
        {
            trigger: ".modal.show .o_web_sign_name_input",
            run: "edit Paul Sommer",
        },
        {
            content: "sign",
            trigger: ".modal.show .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "thanks",
            trigger: ".o_change_order_thanks:contains(Thank you!)",
        },
        {
            content: "and the signature",
            trigger: ".o_change_order[data-state=signed] .o_change_order_signature:contains(Paul Sommer)",
        },
        {
            content: "it can't be signed again",
            trigger: "body:not(:has(.o_change_order_accept))",
            run: assertNoSidewaysScroll,
        },
    ],
});

/** With a login, at a desk: home, counter, list, page; sign with the typed name. */
tours.add("change_order_portal_login", {
    steps: () => [
        {
            content: "one waits for the signature",
            trigger:
                ".o_portal_index_card:contains(1):contains(change order to sign):not(:contains(change orders to sign)) a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_change_order_list a:contains(Stuck window):contains(To sign):contains(101.15)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the whole contract sum is there",
            trigger: "#amount_after:contains(5,155.00)",
            run: assertNoSidewaysScroll,
        },
        {
            trigger: `.o_change_order_summary ${ACCEPT}`,
            run: "click",
        },
        {
            content: "with a mouse the typed name is drawn",
            trigger: ".modal.show .o_web_sign_auto_button.active",
        },
        {
            trigger: ".modal.show canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".modal.show .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_change_order_thanks",
        },
    ],
});

/** What the server refuses is said on the page, and the form can be used again. */
tours.add("change_order_portal_refused", {
    steps: () => [
        {
            trigger: `.o_change_order_bar ${ACCEPT}`,
            run: "click",
        },
        {
            trigger: ".modal.show .o_web_sign_auto_button",
            run: "click",
        },
        {
            trigger: ".modal.show canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".modal.show .o_portal_sign_submit:enabled",
            run: "click",
        },
        {
            content: "the sentence is readable",
            trigger: ".modal.show .o_portal_sign_error_msg:contains(Something has changed since you opened this page)",
            run() {
                assertInWindow(".modal.show .o_portal_sign_error_msg");
            },
        },
        {
            content: "the button is no longer loading",
            trigger: ".modal.show .o_portal_sign_submit:enabled:contains(Accept & Sign)",
        },
        {
            content: "what it comes to now is there at once, in the dialog and on the page",
            trigger: ".modal.show .o_change_order_contract_now:contains(170.00)",
        },
        {
            trigger: ".o_change_order [data-part=contract] #amount_changes_before:contains(170.00)",
        },
        {
            content: "nothing that was entered is lost",
            trigger: ".modal.show canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".modal.show .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_change_order_thanks",
        },
    ],
});

/** No, and why. */
tours.add("change_order_portal_decline", {
    steps: () => [
        {
            trigger: ".o_change_order_decline:visible",
            run: "click",
        },
        {
            trigger: ".modal.show #decline_message",
            run: "edit Too expensive for us",
        },
        {
            trigger: ".modal.show button[type=submit]:contains(Decline)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_change_order_declined:contains(Thank you for telling us.):contains(Too expensive for us)",
        },
        {
            trigger: ".o_change_order[data-state=declined]",
            run: assertNoSidewaysScroll,
        },
    ],
});
