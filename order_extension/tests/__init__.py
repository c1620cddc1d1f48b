from . import test_change_order_rules
from . import test_change_order_pricing
from . import test_change_order_states
from . import test_change_order_apply
from . import test_change_order_access
from . import test_report
