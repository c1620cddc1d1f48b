import { registry } from "@web/core/registry";

/** Count what the thumb does; a favour must take fewer than ten taps, or nobody writes it down. */
let taps = 0;
const countTap = () => taps++;

const recordAnExtra = (trigger) => ({
    content: "The customer asks for something: the big button",
    trigger,
    run: "click",
});

registry.category("web_tour.tours").add("order_extension_capture_favour", {
    steps: () => [
        {
            content: "The technician sees what is left of the allowance",
            trigger: ".o_kanban_record:contains('Lena Sommer'):contains('38.03')",
            run() {
                taps = 0;
                document.addEventListener("click", countTap, { capture: true });
            },
        },
        recordAnExtra(".o_kanban_record:contains('Lena Sommer') button[name=action_record_extra]"),
        {
            content: "It is one of the usual small services",
            trigger: ".modal .o_field_widget[name=catalogue_id] .o_selection_badge:contains('silicone')",
            run: "click",
        },
        {
            content: "It takes ten minutes and is free: 38.03 - 25.00 = 13.03 are left",
            trigger: ".modal .alert-success:contains('10 minutes'):contains('13.03')",
        },
        {
            content: "He need not scroll to confirm",
            trigger: ".modal footer button[name=action_confirm]:visible",
            run({ anchor }) {
                const { bottom } = anchor.getBoundingClientRect();
                if (bottom > window.innerHeight) {
                    throw new Error(`The button is ${bottom - window.innerHeight} px below the screen`);
                }
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("The screen is wider than the phone");
                }
            },
        },
        {
            content: "Done",
            trigger: ".modal footer button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is on record, he is back on the list and reads what is left",
            trigger: ".o_notification:contains('13.03'):contains('Undo')",
        },
        {
            content: "It took fewer than ten taps",
            trigger: "body:not(:has(.modal)) .o_kanban_record:contains('Lena Sommer'):contains('13.03')",
            run() {
                document.removeEventListener("click", countTap, { capture: true });
                if (taps < 1 || taps >= 10) {
                    throw new Error(`A favour took ${taps} taps`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("order_extension_capture_extension", {
    steps: () => [
        recordAnExtra(".o_statusbar_buttons button[name=action_record_extra]"),
        {
            content: "He says what the customer wants",
            trigger: ".modal .o_field_widget[name=name] textarea",
            run: "edit Adjust all doors",
        },
        {
            content: "It takes half an hour",
            trigger: ".modal .o_field_widget[name=quick_minutes] .o_selection_badge:contains('30')",
            run: "click",
        },
        {
            content: "That is more than a favour, and he reads what to say",
            trigger: ".modal .alert-info:contains('30.00'):contains('signed')",
        },
        {
            content: "It can't be given away",
            trigger:
                ".modal .o_field_widget[name=decision]:not(:has(.o_selection_badge:contains('Free'))) .o_selection_badge:contains('Extension')",
        },
        {
            content: "He drafts it",
            trigger: ".modal footer button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It has its number",
            trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=name]:contains('/C01')",
        },
    ],
});

registry.category("web_tour.tours").add("order_extension_capture_follow_up", {
    steps: () => [
        recordAnExtra(".o_kanban_record:contains('Lena Sommer') button[name=action_record_extra]"),
        {
            content: "A large wish",
            trigger: ".modal .o_field_widget[name=name] textarea",
            run: "edit A second wardrobe",
        },
        {
            content: "Its material alone is worth an order",
            trigger: ".modal .o_field_widget[name=material_cost] input",
            run: "edit 2500",
        },
        {
            content: "He leaves the field",
            trigger: ".modal .o_field_widget[name=material] input",
            run: "click",
        },
        {
            content: "The seller takes over",
            trigger: ".modal .alert-warning:contains('2,500.00'):contains('separate offer')",
        },
        {
            content: "He passes it on",
            trigger: ".modal footer button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "And knows who will get in touch",
            trigger: ".o_notification:contains('joinery_seller')",
        },
    ],
});

registry.category("web_tour.tours").add("order_extension_read_the_rules", {
    steps: () => [
        {
            content: "The rules have changed",
            trigger: ".o_kanban_record .alert-warning button[name=action_read_extra_rules]",
            run: "click",
        },
        {
            content: "He reads them",
            trigger: ".modal .o_field_widget[name=rules]:contains('15 minutes')",
        },
        {
            content: "And confirms",
            trigger: ".modal footer button[name=action_acknowledge]:visible",
            run: "click",
        },
        {
            content: "Nobody asks again",
            trigger: "body:not(:has(.modal)) .o_kanban_record:not(:has(.alert-warning)):contains('Lena Sommer')",
        },
    ],
});
