import { registry } from "@web/core/registry";

/** The technician, on his phone, records on his task what the customer has asked for. */
registry.category("web_tour.tours").add("order_extension_story_technician", {
    steps: () => [
        {
            content: "He is on his task and knows that it is an extension",
            trigger: ".o_statusbar_buttons button[title=More]",
            run: "click",
        },
        {
            content: "He presses the button",
            trigger: "button[name=action_new_change_order]",
            run: "click",
        },
        {
            content: "He says what the customer wants",
            trigger: ".o_field_widget[name=title] textarea",
            run: "edit Stuck window in the bedroom",
        },
        {
            content: "It takes three days more",
            trigger: ".o_field_widget[name=days_added] input",
            run: "edit 3",
        },
        {
            content: "He adds a line",
            trigger: ".o_field_widget[name=line_ids] .o-kanban-button-new",
            run: "click",
        },
        {
            content: "He looks for the service",
            trigger: ".modal .o_field_widget[name=product_id] input",
            run: "click",
        },
        {
            content: "He chooses it",
            trigger: ".modal .o_kanban_record:contains('Ease a stuck window')",
            run: "click",
        },
        {
            content: "Its price is there",
            trigger: ".modal .o_field_widget[name=price_subtotal]:contains('85.00')",
        },
        {
            content: "He keeps the line",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "He keeps it all",
            trigger: "body:not(:has(.modal)) .o_form_button_save:visible",
            run: "click",
        },
        {
            content: "It has its number",
            trigger: ".o_form_saved .o_field_widget[name=name]:contains('/C01')",
        },
    ],
});

/** The seller, in the office, sends it by mail. */
registry.category("web_tour.tours").add("order_extension_story_seller", {
    steps: () => [
        {
            content: "The seller reads what was recorded",
            trigger: ".o_field_widget[name=title]:contains('Stuck window') , .o_field_widget[name=title] textarea",
        },
        {
            content: "He sends it",
            trigger: "button[name=action_send]:visible",
            run: "click",
        },
        {
            content: "The mail is written already",
            trigger: ".modal .o_mail_composer_form_view, .modal .o_form_view",
        },
        {
            content: "Off it goes",
            trigger: ".modal button.o_mail_send, .modal button[name=action_send_mail]",
            run: "click",
        },
        {
            content: "Now it waits for the signature",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Waiting for Signature')",
        },
    ],
});
