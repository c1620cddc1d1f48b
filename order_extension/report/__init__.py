from . import sale_change_order_report
