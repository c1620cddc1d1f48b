import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";
import { registry } from "@web/core/registry";

/** A graph in which nothing to take a share of is a gap, not 0 %. */
export class RatioGraphModel extends GraphModel {
    get isRatio() {
        return this.metaData.fields[this.metaData.measure]?.aggregator === "avg";
    }

    async _loadDataPoints(metaData) {
        const [dataPoints, currencies] = await super._loadDataPoints(metaData);
        if (metaData.fields[metaData.measure]?.aggregator === "avg") {
            for (const dataPoint of dataPoints) {
                dataPoint.value = dataPoint.value === false ? null : dataPoint.value;
            }
        }
        return [dataPoints, currencies];
    }

    _getData(...args) {
        const data = super._getData(...args);
        if (this.isRatio && this.metaData.groupBy.length) {
            for (const dataset of data.datasets) {
                // What no group was found for has no domain.
                dataset.data = dataset.data.map((value, index) => (dataset.domains[index]?.length ? value : null));
            }
        }
        return data;
    }
}

registry.category("views").add("order_ratio_graph", { ...graphView, Model: RatioGraphModel });
