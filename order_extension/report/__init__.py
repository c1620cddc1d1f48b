from . import sale_change_order_analysis
from . import sale_change_order_report
from . import sale_extra_rule_report
