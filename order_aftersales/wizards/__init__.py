from . import order_promise_move, order_stage_hold, order_stage_refusal
