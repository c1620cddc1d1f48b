from . import order_postcalc_report
from . import order_postcalc_report_analytic
from . import order_postcalc_report_invoice
from . import order_postcalc_report_material
from . import order_postcalc_report_purchase
from . import order_postcalc_report_expense
from . import order_postcalc_sheet_report
from . import timesheets_analysis_report
