{
    "name": "Order Cycle and After-Sales",
    "summary": "One order, one stage, one owner, one promise: nothing unattended from the request to the service after it",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Order Extension contributors",
    "license": "LGPL-3",
    "depends": ["order_extension", "sale_stock", "hr"],
    "data": [
        "security/order_aftersales_groups.xml",
        "security/ir.model.access.csv",
        "views/order_aftersales_menus.xml",
        "views/res_config_settings_views.xml",
    ],
    "application": True,
}
