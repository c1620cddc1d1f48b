from . import sale_change_order_cancel
