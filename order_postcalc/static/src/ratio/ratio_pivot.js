import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";
import { registry } from "@web/core/registry";

/** A pivot in which nothing to take a share of is blank, not 0 %. */
export class RatioPivotRenderer extends PivotRenderer {
    getFormattedValue(cell) {
        const { aggregator } = this.model.metaData.measures[cell.measure];
        if (aggregator === "avg" && (cell.value === false || cell.value === null)) {
            return { value: "" };
        }
        return super.getFormattedValue(cell);
    }
}

registry.category("views").add("order_ratio_pivot", { ...pivotView, Renderer: RatioPivotRenderer });
