import { _t } from "@web/core/l10n/translation";
import { Component, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { formatCurrency } from "@web/core/currency";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { registry } from "@web/core/registry";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";
import { PostcalcChart } from "./postcalc_chart";

/** More of these is good news; of hours and cost, less is. */
const BETTER_WHEN_MORE = ["revenue", "margin", "margin_share"];
/** A tenth of a cent or of a minute is noise. */
const NOTHING = 0.0005;

/** What a fact adds to a figure, by measure and column; what is expected follows from plan and actual. */
const FACT_FIELDS = {
    hours: { planned: ["planned_hours"], actual: ["actual_hours"], invoiced: ["invoiced_hours"] },
    cost: { planned: ["planned_cost"], actual: ["actual_cost"], forecast: ["committed_cost"] },
    revenue: { planned: ["planned_revenue"], invoiced: ["invoiced_revenue"] },
    margin: { planned: ["planned_revenue", "planned_cost"], actual: ["invoiced_revenue", "actual_cost", "margin"] },
};
FACT_FIELDS.margin_share = FACT_FIELDS.margin;

export function getFactFields(measure, column) {
    const { planned = [], actual = [], invoiced = [], forecast = [] } = FACT_FIELDS[measure];
    if (["original", "extensions", "revised"].includes(column)) {
        return planned;
    }
    if (column === "actual" || column === "invoiced") {
        return FACT_FIELDS[measure][column] || [];
    }
    return [...planned, ...actual, ...invoiced, ...forecast];
}

/** The post-calculation of one order: what was planned, what it took, what will be left. */
export class PostcalcSheet extends Component {
    static template = "order_postcalc.Sheet";
    static components = { Layout, PostcalcChart };
    static props = { ...standardActionServiceProps };
    // With the path of its action, what a URL says after the "?" comes as params: a reload keeps the frozen copy.
    static path = "post-calculation";
    static displayName = _t("Post-Calculation");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orderId = this.props.action.context.active_id;
        this.closingId = this.props.action.params?.closing_id || null;
        if (this.closingId) {
            this.props.updateActionState({ closing_id: this.closingId });
        }
        this.display = { controlPanel: {} };
        this.tabs = [
            { key: "lines", label: _t("By Line"), measures: ["hours", "cost", "revenue", "margin"] },
            { key: "activities", label: _t("By Activity"), measures: ["hours", "cost"] },
            { key: "kinds", label: _t("By Kind of Cost"), measures: ["cost", "hours"] },
        ];
        // What was open when one comes back from the records behind a figure.
        const kept = this.props.state || {};
        this.state = useState({ sheet: null, tab: kept.tab || "lines", measure: kept.measure || "cost" });
        useSetupAction({ getLocalState: () => ({ tab: this.state.tab, measure: this.state.measure }) });
        onWillStart(() => this.load());
    }

    async load() {
        if (!this.orderId) {
            return;
        }
        this.state.sheet = await this.orm.call("sale.order", "get_postcalc_sheet", [[this.orderId]], {
            closing_id: this.closingId,
        });
        this.env.config.setDisplayName(`${_t("Post-Calculation")} ${this.header.order}`);
    }

    // --- figures ---

    get sheet() {
        return this.state.sheet;
    }

    get header() {
        return this.sheet.header;
    }

    get total() {
        return this.sheet.total.cells;
    }

    get tab() {
        return this.tabs.find((tab) => tab.key === this.state.tab);
    }

    get measure() {
        const key = this.tab.measures.includes(this.state.measure) ? this.state.measure : this.tab.measures[0];
        return this.sheet.measures.find((measure) => measure.key === key);
    }

    get tabMeasures() {
        return this.tab.measures.map((key) => this.sheet.measures.find((measure) => measure.key === key));
    }

    /** The columns that say anything about what is measured: cost is never invoiced, revenue only is. */
    getColumns(measure) {
        return this.sheet.columns.filter(({ key }) => this.total[measure.key][key] !== null);
    }

    /** The rows that have any such figure, with a heading where those of an extension begin. */
    get rows() {
        let section = "";
        const { key } = this.measure;
        const shown = this.sheet[this.state.tab].filter((row) => Object.values(row.cells[key]).some(Boolean));
        return shown.map((row) => {
            const heading = row.section !== section ? row.section : "";
            section = row.section;
            return { ...row, heading };
        });
    }

    money(amount, noSymbol = false) {
        return formatCurrency(amount ?? 0, this.header.currency.id, { noSymbol });
    }

    number(value, digits = 2) {
        return formatFloat(value ?? 0, { digits: [false, digits] });
    }

    percent(share, digits = 1) {
        return share === null || share === undefined ? "–" : `${this.number(share * 100, digits)} %`;
    }

    day(value) {
        return value ? formatDate(deserializeDate(value)) : "";
    }

    /** A figure as it is written: a dash where there is none, a sign at a variance. */
    show(unit, value, column = "") {
        if (value === null || value === undefined) {
            return "–";
        }
        return (this.isDeviation(column) && value > 0 ? "+" : "") + this.showUnsigned(unit, value, column);
    }

    showUnsigned(unit, value, column) {
        if (column === "deviation_share" || (unit === "share" && column !== "deviation")) {
            return this.percent(value);
        }
        if (unit === "share") {
            return _t("%s pts", this.number(value * 100, 1));
        }
        return unit === "hours" ? this.number(value) : this.money(value, true);
    }

    /** "better", "worse" or "" of a deviation from the plan. */
    getVerdict(measure, deviation) {
        if (!deviation || Math.abs(deviation) < NOTHING) {
            return "";
        }
        return deviation > 0 === BETTER_WHEN_MORE.includes(measure) ? "better" : "worse";
    }

    isDeviation(column) {
        return column === "deviation" || column === "deviation_share";
    }

    /** Class of a deviation; a sign and an arrow say the same without colours. */
    getCellClass(measure, column, value) {
        const verdict = this.isDeviation(column) ? this.getVerdict(measure, value) : "";
        return verdict ? `o_postcalc_${verdict}` : "";
    }

    getArrow(value) {
        return !value || Math.abs(value) < NOTHING ? "" : value > 0 ? "▲" : "▼";
    }

    /** Width of a bar in percent, and whether it is over. */
    getProgress(actual, planned) {
        const share = planned > 0 ? actual / planned : actual > 0 ? 1 : 0;
        return { width: Math.min(100, Math.max(0, share * 100)), over: planned >= 0 && actual - planned > NOTHING };
    }

    get cards() {
        const { hours, cost, revenue, margin, margin_share: share } = this.total;
        const perHour = this.sheet.per_hour.margin;
        return [
            {
                key: "margin",
                label: _t("Margin at Completion"),
                value: this.money(margin.forecast),
                sub: _t("planned %s", this.money(margin.revised)),
                measure: "margin",
                deviation: margin.deviation,
                deviationText: this.show("money", margin.deviation, "deviation"),
            },
            {
                key: "margin_share",
                label: _t("Margin %"),
                value: this.percent(share.forecast),
                sub: _t("planned %s", this.percent(share.revised)),
                measure: "margin_share",
                deviation: share.deviation,
                deviationText: this.show("share", share.deviation, "deviation"),
            },
            {
                key: "hours",
                label: _t("Hours"),
                value: this.number(hours.actual),
                sub: _t("of %s planned", this.number(hours.revised)),
                progress: this.getProgress(hours.actual, hours.revised),
                measure: "hours",
                deviation: hours.deviation,
                deviationText: _t("%s at completion", this.show("hours", hours.deviation, "deviation")),
            },
            {
                key: "cost",
                label: _t("Cost"),
                value: this.money(cost.actual),
                sub: _t("of %s planned", this.money(cost.revised)),
                progress: this.getProgress(cost.actual, cost.revised),
                measure: "cost",
                deviation: cost.deviation,
                deviationText: _t("%s at completion", this.show("money", cost.deviation, "deviation")),
            },
            {
                key: "invoiced",
                label: _t("Invoiced"),
                value: this.money(revenue.invoiced),
                sub: _t("of %s planned", this.money(revenue.revised)),
                progress: { ...this.getProgress(revenue.invoiced, revenue.revised), over: false },
                measure: "revenue",
                deviation: 0,
            },
            {
                key: "per_hour",
                label: _t("Margin per Hour"),
                value: perHour.forecast === null ? "–" : this.money(perHour.forecast),
                sub: _t("planned %s", perHour.revised === null ? "–" : this.money(perHour.revised)),
                measure: "margin",
                deviation: 0,
            },
        ];
    }

    // --- going to the records ---

    /** Open the facts behind a figure, with the columns of what was clicked. */
    async openFacts(label, domain, columns, more = []) {
        const name = label ? String(label) : _t("Facts");
        const { id, xml_id, path, ...action } = await this.action.loadAction(
            "order_postcalc.order_postcalc_report_action_sheet"
        );
        // Without its id, which a reload would open without the domain.
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain: [...domain, ...more],
            context: { postcalc_columns: columns },
        });
    }

    openCell(row, measure, column) {
        const cell = this.sheet.cell_domains[measure]?.[column] || [];
        const { label } = this.sheet.columns.find(({ key }) => key === column);
        return this.openFacts(`${row.label}: ${label}`, row.domain, getFactFields(measure, column), cell);
    }

    openOrder() {
        return this.callAction("action_open_postcalc_order");
    }

    openChangeOrder(changeId) {
        return this.callAction("action_open_postcalc_change_order", {}, { change_order_id: changeId });
    }

    openClosings() {
        return this.callAction("action_view_postcalc_closings");
    }

    async callAction(method, options = {}, values = {}) {
        const action = await this.orm.call("sale.order", method, [[this.orderId]], values);
        return this.action.doAction(action, options);
    }

    // --- buttons ---

    get xlsxUrl() {
        const closing = this.closingId ? `?closing_id=${this.closingId}` : "";
        return `/order_postcalc/sheet/${this.orderId}.xlsx${closing}`;
    }

    print() {
        return this.callAction("action_print_postcalc_sheet", {}, { closing_id: this.closingId });
    }

    close() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Close the post-calculation of %s?", this.header.order),
            body: _t(
                "The figures are kept as they are now. Cost that arrives later is shown apart. A closing can be undone with a reason, but not changed."
            ),
            confirmLabel: _t("Close"),
            confirm: async () => {
                await this.orm.call("sale.order", "action_close_postcalc", [[this.orderId]]);
                this.notification.add(_t("The post-calculation is closed."), { type: "success" });
                await this.load();
            },
            cancel: () => {},
        });
    }

    reopen() {
        return this.callAction("action_reopen_postcalc", { onClose: () => this.load() });
    }
}

registry.category("actions").add("order_postcalc.sheet", PostcalcSheet);
