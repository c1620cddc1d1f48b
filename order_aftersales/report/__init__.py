from . import order_billing_report
