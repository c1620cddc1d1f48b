from . import sale_change_reason
from . import sale_change_order
from . import sale_change_order_line
from . import sale_change_order_flow
from . import sale_change_order_signing
from . import sale_order
from . import sale_order_line
from . import project_task
