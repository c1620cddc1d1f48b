/* global Chart */
import { _t } from "@web/core/l10n/translation";
import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { loadBundle } from "@web/core/assets";

const COST = "#b5542f";
const INVOICED = "#3b6ea5";
const PLANNED = "#868e96";

/** What was spent and what was invoiced, added up over time, against the planned cost. */
export class PostcalcChart extends Component {
    static template = "order_postcalc.Chart";
    static props = { chart: Object, planned: Number, format: Function };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
                return () => this.destroy();
            },
            () => [this.props.chart]
        );
        onWillUnmount(() => this.destroy());
    }

    destroy() {
        this.chart?.destroy();
        this.chart = null;
    }

    draw() {
        const { dates, cost, invoiced } = this.props.chart;
        const line = (label, data, color, more = {}) => ({
            label,
            data,
            borderColor: color,
            backgroundColor: color,
            borderWidth: 2,
            pointRadius: dates.length > 30 ? 0 : 3,
            stepped: true,
            ...more,
        });
        this.chart = new Chart(this.canvas.el, {
            type: "line",
            data: {
                labels: dates.map((date) => (date ? formatDate(deserializeDate(date)) : "")),
                datasets: [
                    line(_t("Cost"), cost, COST),
                    line(_t("Invoiced"), invoiced, INVOICED, { pointStyle: "rect" }),
                    line(
                        _t("Planned cost"),
                        dates.map(() => this.props.planned),
                        PLANNED,
                        { borderDash: [6, 4], pointRadius: 0 }
                    ),
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { position: "bottom", labels: { boxWidth: 12, usePointStyle: true } },
                    tooltip: {
                        callbacks: { label: (item) => ` ${item.dataset.label}: ${this.props.format(item.raw)}` },
                    },
                },
                scales: {
                    x: { ticks: { maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false } },
                    y: {
                        beginAtZero: true,
                        // As the user writes numbers; Chart.js would write them as the browser does.
                        ticks: { maxTicksLimit: 6, callback: (value) => formatFloat(value, { digits: [false, value % 1 ? 2 : 0] }) },
                    },
                },
            },
        });
    }
}
