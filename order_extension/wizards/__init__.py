from . import sale_change_order_cancel
from . import sale_minor_item_cancel
from . import sale_change_order_proceed
from . import sale_change_order_refuse
from . import sale_order_line_accept
