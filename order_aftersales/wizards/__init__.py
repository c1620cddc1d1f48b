from . import order_stage_hold, order_stage_refusal
