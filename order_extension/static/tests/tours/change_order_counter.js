import { registry } from "@web/core/registry";

/** On a phone: neither yes nor no, but what one would sign. */
registry.category("web_tour.tours").add("change_order_portal_propose", {
    steps: () => [
        {
            content: "in reach of the thumb, beside signing and declining",
            trigger: ".o_change_order_bar .o_change_order_propose:visible",
            run: "click",
        },
        {
            trigger: ".modal.show #counter_proposal",
            run: "edit Without the paint",
        },
        {
            trigger: ".modal.show #counter_amount",
            run: "edit 90.50",
        },
        {
            trigger: ".modal.show button[type=submit]:contains(Send)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger:
                ".o_change_order_proposed:contains(Thank you, we will answer you.):contains(Without the paint):contains(90.50)",
        },
        {
            content: "it can still be signed as it is",
            trigger: ".o_change_order_bar .o_change_order_accept:visible",
            run() {
                const width = document.querySelector("#wrapwrap").scrollWidth;
                if (width > window.innerWidth) {
                    throw new Error(`The page is ${width} wide in a window of ${window.innerWidth}`);
                }
            },
        },
    ],
});
