import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";
import { registry } from "@web/core/registry";

/** With its sign, also where it is more: a variance is read without looking for its colour. */
const signed = (value, text) => (value > 0 ? `+${text}` : text);

export class VarianceField extends MonetaryField {
    get formattedValue() {
        return signed(this.value, super.formattedValue);
    }
}

registry.category("fields").add("order_postcalc_variance", {
    ...monetaryField,
    component: VarianceField,
    displayName: _t("Variance"),
    extractProps: (...args) => ({ ...monetaryField.extractProps(...args), hideSymbol: true }),
});

// Sums of groups and of the whole list.
registry
    .category("formatters")
    .add("order_postcalc_variance", (value, options = {}) =>
        signed(value, formatMonetary(value, { ...options, noSymbol: true }))
    );
