from . import sale_change_order_analysis
from . import sale_change_order_report
