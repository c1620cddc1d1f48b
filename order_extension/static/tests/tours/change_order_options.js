import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const OIL = ".o_change_order_option:contains(Oil finish)";
const ACCEPT = ".o_change_order_bar .o_change_order_accept";

/** How far down the option is in the window, and was before it was ticked. */
const getPosition = (el) => el.getBoundingClientRect().top;
let position;

/** On a phone: tick an option where it is, see the sum follow, sign that. */
tours.add("change_order_portal_options", {
    steps: () => [
        {
            content: "without options first",
            trigger: ".o_change_order_total:contains(101.15)",
        },
        {
            content: "an option says what it costs, and that it is left",
            trigger: `${OIL}.o_change_order_left:contains(120.00):contains(Optional)`,
            run() {
                this.anchor.scrollIntoView({ block: "center" });
                position = getPosition(this.anchor);
                const box = this.anchor.getBoundingClientRect();
                if (box.height < 44 || box.width < 300) {
                    throw new Error(`Too small for a thumb: ${box.width} x ${box.height}`);
                }
            },
        },
        {
            content: "the whole option is its button",
            trigger: `${OIL} .o_change_order_line_name`,
            run: "click",
        },
        {
            content: "the sum in reach of the thumb follows: 205.00 + 38.95",
            trigger: ".o_change_order_bar:contains(243.95)",
        },
        {
            trigger: `${OIL}:not(.o_change_order_left) input:checked:enabled`,
            run() {
                const now = getPosition(this.anchor.closest(".o_change_order_option"));
                if (Math.abs(now - position) > 2) {
                    throw new Error(`The page has jumped: the option was at ${position} and is at ${now}`);
                }
            },
        },
        { trigger: ".o_change_order_lines .o_change_order_sums:contains(205.00):contains(38.95):contains(243.95)" },
        {
            content: "and is said to whoever doesn't see it",
            trigger: ".o_change_order_announcement[aria-live=polite]:contains(New total with taxes):contains(243.95)",
        },
        { trigger: "#amount_after:contains(5,275.00)" },
        {
            content: "the lights as well, and not after all",
            trigger: ".o_change_order_option:contains(Light) input",
            run: "click",
        },
        { trigger: ".o_change_order_bar:contains(422.09)" },
        {
            trigger: ".o_change_order_option:contains(Light) input:checked:enabled",
            run: "click",
        },
        { trigger: ".o_change_order_bar:contains(243.95)" },
        {
            trigger: `${ACCEPT}:enabled`,
            run: "click",
        },
        {
            content: "it says what is accepted now",
            trigger: ".modal.show .modal-body:contains(Window and finish):contains(243.95)",
        },
        {
            trigger: ".modal.show .o_web_sign_name_input",
            run: "edit Paul Sommer",
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
            expectUnloadPage: true,
        },
        { trigger: ".o_change_order_thanks:contains(Thank you!)" },
        { trigger: `${OIL}:contains(Chosen)` },
        { trigger: ".o_change_order_option.o_change_order_left:contains(Light):contains(Not chosen) input:disabled" },
        { trigger: ".o_change_order_total:contains(243.95)" },
    ],
});

/** What can't be chosen any more is said where one has ticked. */
tours.add("change_order_portal_options_refused", {
    steps: () => [
        {
            trigger: `${OIL} input:not(:checked)`,
            run: "click",
        },
        {
            trigger: ".o_change_order_option_error:contains(not open for signature):has(button:contains(Load the page again))",
        },
        { trigger: `${OIL} input:not(:checked):disabled` },
        { trigger: `${ACCEPT}:disabled` },
        { trigger: ".o_change_order_bar:contains(101.15)" },
    ],
});
