from . import order_postcalc_report
