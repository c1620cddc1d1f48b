from . import (
    order_priority_override,
    order_promise_move,
    order_stage_hold,
    order_stage_refusal,
)
