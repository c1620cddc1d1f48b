import { registry } from "@web/core/registry";
import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";

/** Badges in the order of the ids that another field holds. */
export class OrderedBadgesField extends BadgeSelectionField {
    static props = { ...BadgeSelectionField.props, orderField: { type: String } };

    get options() {
        const ids = this.props.record.data[this.props.orderField] || [];
        const rank = ([id]) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
        return [...super.options].sort((one, other) => rank(one) - rank(other));
    }
}

registry.category("fields").add("ordered_selection_badge", {
    ...badgeSelectionField,
    component: OrderedBadgesField,
    supportedTypes: ["many2one"],
    extractProps({ options }) {
        return {
            ...badgeSelectionField.extractProps(...arguments),
            orderField: options.order_field,
        };
    },
});
