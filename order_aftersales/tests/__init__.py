from . import (
    test_billing_check,
    test_billing_check_rules,
    test_billing_conversions,
    test_billing_release,
    test_late_risk,
    test_late_risk_rules,
    test_priority,
    test_priority_rules,
    test_promise,
    test_promise_portal,
    test_promise_rules,
)
