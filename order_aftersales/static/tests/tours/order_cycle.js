import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** The card of the household's order in the column of a stage. */
function openCard(stage) {
    return {
        content: `The order is in ${stage}`,
        trigger: `.o_kanban_group:contains('${stage}') .o_kanban_record:contains('Lena Sommer')`,
        run: "click",
    };
}

function sayYes(decision) {
    return [
        {
            content: `To be decided: ${decision}`,
            trigger: `.o_order_stage [name=decision_name]:contains('${decision}')`,
        },
        {
            content: "Yes",
            trigger: ".o_order_stage button[name=action_stage_yes]",
            run: "click",
        },
    ];
}

/** From the board's form to the salespeople's. */
const openOrder = {
    content: "The order itself",
    trigger: ".o_statusbar_buttons button[name=action_open_order]:visible",
    run: "click",
};

function isIn(stage) {
    return {
        content: `The order is in ${stage} now`,
        trigger: `.o_order_stage [name=order_stage_id]:contains('${stage}')`,
    };
}

tours.add("order_cycle_seller", {
    steps: () => [
        openCard("Costing and pricing"),
        isIn("Costing and pricing"),
        openOrder,
        {
            content: "The customer has said yes",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        isIn("Receipt and entry"),
        ...sayYes("Entry checked"),
        isIn("Selection and priority"),
    ],
});

tours.add("order_cycle_planner", {
    steps: () => [
        openCard("Selection and priority"),
        ...sayYes("Accepted, with its priority"),
        isIn("Scheduling"),
        ...sayYes("Schedule agreed"),
        isIn("Fulfilment"),
    ],
});

tours.add("order_cycle_storekeeper", {
    steps: () => [
        openCard("Fulfilment"),
        isIn("Fulfilment"),
        {
            content: "To the delivery",
            trigger: "button[name=action_view_delivery]",
            run: "click",
        },
        {
            content: "All four sets go out",
            trigger: ".o_statusbar_buttons button[name=button_validate]:visible",
            run: "click",
        },
        {
            content: "Done",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Done')",
        },
        {
            content: "Back to the order",
            trigger: ".o_back_button a, a.o_back_button, .o_breadcrumb .o_back_button",
            run: "click",
        },
        isIn("Billing"),
    ],
});

tours.add("order_cycle_bookkeeper", {
    steps: () => [
        openCard("Billing"),
        ...sayYes("Billing released"),
        openOrder,
        {
            content: "Invoice",
            trigger: ".o_statusbar_buttons button#create_invoice:visible",
            run: "click",
        },
        {
            content: "A regular one",
            trigger: ".modal button[name=create_invoices]",
            run: "click",
        },
        {
            content: "It says what was delivered, at the agreed price: it can be posted",
            trigger: ".o_statusbar_buttons button[name=action_post]:visible",
            run: "click",
        },
        {
            content: "The customer pays",
            trigger: ".o_statusbar_buttons button[name=action_register_payment]:visible",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_create_payments]",
            run: "click",
        },
        {
            content: "Paid",
            trigger: "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_register_payment]:visible))",
        },
    ],
});

tours.add("order_cycle_service", {
    steps: () => [
        isIn("Done"),
        {
            content: "A hinge is to be set again",
            trigger: "button[name=action_view_cases]",
            run: "click",
        },
        {
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Set the hinge again",
        },
        {
            trigger: ".o_field_widget[name=kind] label:contains('Repair')",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});

tours.add("order_cycle_service_board", {
    steps: () => [openCard("After-sales service"), isIn("After-sales service")],
});

/** The order that nobody looks after shows up by itself. */
tours.add("order_cycle_unattended", {
    steps: () => [
        {
            content: "It is on the list",
            trigger: ".o_data_row:contains('Mia Winter') .o_data_cell[name=name]",
            run: "click",
        },
        {
            trigger: ".o_order_stage [name=attention_reason]:contains('Nobody is responsible')",
        },
        {
            content: "I do",
            trigger: ".o_order_stage button[name=action_take_over]",
            run: "click",
        },
        {
            trigger: ".o_order_stage [name=stage_owner_id]:contains('joinery_manager')",
        },
        {
            content: "Back to the list",
            trigger: ".o_back_button a, a.o_back_button, .o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "It is not there any more",
            trigger: ".o_list_view:not(:contains('Mia Winter'))",
        },
    ],
});
