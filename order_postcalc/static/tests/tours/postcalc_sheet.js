import { registry } from "@web/core/registry";

const noWiderThanTheScreen = {
    content: "Nothing is cut off: tables scroll in their own box",
    trigger: ".o_postcalc_sheet .o_postcalc_cards",
    run() {
        if (document.documentElement.scrollWidth > window.innerWidth) {
            throw new Error("The sheet is wider than the screen");
        }
    },
};

/** 5 h at 40.00 are recorded on the assembly. */
registry.category("web_tour.tours").add("order_postcalc_sheet", {
    steps: () => [
        {
            content: "The figures at a glance",
            trigger: ".o_postcalc_sheet [data-card=hours] .o_postcalc_value:contains('5.00')",
        },
        noWiderThanTheScreen,
        {
            content: "By activity",
            trigger: ".o_postcalc_sheet button[data-tab=activities]",
            run: "click",
        },
        {
            content: "Hours",
            trigger: ".o_postcalc_sheet button[data-measure=hours]",
            run: "click",
        },
        {
            content: "What the hours are made of",
            trigger: "table[data-table=rows] tr[data-row=total] td[data-column=actual] button:contains('5.00')",
            run: "click",
        },
        {
            content: "The timesheet behind the figure",
            trigger: ".o_list_view .o_data_row .o_data_cell:contains('Work')",
        },
        {
            content: "With the column of what was clicked, hours, and no other figure",
            trigger: ".o_list_view:has(th[data-name=actual_hours]):not(:has(th[data-name=actual_cost]))",
        },
        {
            content: "Back to the sheet",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "It shows what it showed before",
            trigger: ".o_postcalc_sheet button[data-tab=activities].active",
        },
        {
            content: "Cost by line",
            trigger: ".o_postcalc_sheet button[data-tab=lines]",
            run: "click",
        },
        {
            trigger: ".o_postcalc_sheet button[data-measure=cost]",
            run: "click",
        },
        {
            content: "5 h at 40.00",
            trigger: "table[data-table=rows] tr[data-row=total] td[data-column=actual] button:contains('200.00')",
        },
    ],
});

registry.category("web_tour.tours").add("order_postcalc_close", {
    steps: () => [
        {
            content: "Close",
            trigger: "button[name=close]:visible",
            run: "click",
        },
        {
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "Closed, and it can be reopened",
            trigger: "button[name=reopen]:visible",
        },
    ],
});

/** Closed with 5 h; 2 h came later. */
const frozen = [
    {
        content: "It says that it is a copy",
        trigger: ".o_postcalc_sheet .alert:contains('As it was when it was closed')",
    },
    {
        content: "And shows what it was",
        trigger: ".o_postcalc_sheet [data-card=hours] .o_postcalc_value:contains('5.00')",
    },
];

registry.category("web_tour.tours").add("order_postcalc_frozen", {
    steps: () => [
        {
            content: "From a closing to its sheet",
            trigger: "button[name=action_view_frozen_sheet]",
            run: "click",
        },
        ...frozen,
        {
            content: "Loaded again with nothing but its address, as from a bookmark or in another browser",
            trigger: ".o_postcalc_sheet",
            run() {
                window.sessionStorage.clear();
                window.location.reload();
            },
            expectUnloadPage: true,
        },
        ...frozen,
        {
            content: "Away to the order, which has the sheet of today",
            trigger: ".o_postcalc_sheet .o_postcalc_title",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_view_postcalc_sheet]",
            run: "click",
        },
        {
            trigger: ".o_postcalc_sheet [data-card=hours] .o_postcalc_value:contains('7.00')",
        },
        {
            trigger: ".o_postcalc_sheet:not(:has(.alert:contains('As it was when it was closed')))",
        },
    ],
});
