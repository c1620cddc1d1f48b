from . import test_facts
from . import test_plan
from . import test_capture_rate
from . import test_xlsx
from . import test_margin_floor
from . import test_precalc
from . import test_precalc_approval
