from . import (
    test_priority,
    test_priority_rules,
    test_promise,
    test_promise_portal,
    test_promise_rules,
)
