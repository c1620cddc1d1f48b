import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Points from which an order is important, and from which it is in between. */
const HIGH = 67;
const MIDDLE = 34;

export class OrderGoals extends Component {
    static template = "order_aftersales.OrderGoals";
    static props = { goals: Array, isInline: { type: Boolean, optional: true } };
}

/** Why the order has its score, criterion by criterion, and what leaders can do about it. */
export class OrderPriorityPopover extends Component {
    static template = "order_aftersales.OrderPriorityPopover";
    static components = { OrderGoals };
    static props = {
        details: Object,
        run: { type: Function, optional: true },
        close: { type: Function, optional: true },
    };

    onClick(method) {
        this.props.close();
        this.props.run(method);
    }
}

/** The score of an order as a badge that tells on a click why; on quotations the goals stand next to it. */
export class OrderPriorityField extends Component {
    static template = "order_aftersales.OrderPriorityField";
    static components = { OrderGoals };
    static props = { ...standardFieldProps, showGoals: { type: Boolean, optional: true } };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.popover = usePopover(OrderPriorityPopover, { position: "bottom-start", popoverClass: "o_order_priority" });
    }

    get details() {
        return this.props.record.data[this.props.name];
    }

    get badgeClass() {
        const score = this.details.score;
        return score >= HIGH ? "text-bg-success" : score >= MIDDLE ? "text-bg-info" : "text-bg-300";
    }

    get selectionClass() {
        return { accepted: "text-success", rejected: "text-danger" }[this.details.selection] || "text-muted";
    }

    onClick(ev) {
        this.popover.open(ev.currentTarget, { details: this.details, run: (method) => this.run(method) });
    }

    /** Call an action of the order, and show what has come of it. */
    async run(method) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const action = await this.orm.call(record.resModel, method, [[record.resId]]);
        if (action && action !== true) {
            await this.action.doAction(action, { onClose: () => record.model.load() });
        } else {
            await record.model.load();
        }
    }
}

export const orderPriorityField = {
    component: OrderPriorityField,
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({ showGoals: Boolean(options.goals) }),
};

registry.category("fields").add("order_priority", orderPriorityField);
