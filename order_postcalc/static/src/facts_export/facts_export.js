import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { STATIC_ACTIONS_GROUP_NUMBER } from "@web/search/action_menus/action_menus";

/**
 * Everything that the screen at hand shows of the post-calculation, as a spreadsheet.
 */
export class FactsExport extends Component {
    static template = "order_postcalc.FactsExport";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.ui = useService("ui");
    }

    async onSelected() {
        this.ui.block();
        try {
            await download({
                url: "/order_postcalc/facts.xlsx",
                data: {
                    domain: JSON.stringify(this.env.searchModel.domain),
                    company_ids: user.context.allowed_company_ids.join(","),
                },
            });
        } finally {
            this.ui.unblock();
        }
    }
}

registry.category("cogMenu").add(
    "order-postcalc-facts-export",
    {
        Component: FactsExport,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: async (env) =>
            env.searchModel?.resModel === "order.postcalc.report" &&
            ["list", "pivot", "graph"].includes(env.config.viewType) &&
            ((await user.hasGroup("order_postcalc.group_all")) || (await user.hasGroup("base.group_allow_export"))),
    },
    { sequence: 9 }
);
