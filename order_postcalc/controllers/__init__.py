from . import postcalc_sheet
