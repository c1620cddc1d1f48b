from . import postcalc_sheet
from . import facts_xlsx
