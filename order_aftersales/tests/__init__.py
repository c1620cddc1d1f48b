from . import (
    test_promise,
    test_promise_portal,
    test_promise_rules,
)
