from . import sale_order_margin_override
