from . import sale_order_margin_override
from . import order_postcalc_reopen
