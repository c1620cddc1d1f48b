from . import (
    order_billing_override,
    order_priority_override,
    order_promise_move,
    order_selection_answer,
    order_stage_hold,
    order_stage_refusal,
    sale_make_invoice_advance,
    stock_return_picking,
    validate_account_move,
)
