from . import order_billing_report, order_promise_report
