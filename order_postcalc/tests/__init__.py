from . import test_plan
from . import test_capture_rate
from . import test_xlsx
