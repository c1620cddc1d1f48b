import { registry } from "@web/core/registry";

/**
 * Tell that something is done, and offer to take it back. The server says who may, and does it.
 *
 * action.params: message, next (the action that follows), and undo (label, model, method, ids) if it may be taken back.
 */
function notifyWithUndo(env, action) {
    const { message, next, undo } = action.params;
    const buttons = [];
    const close = env.services.notification.add(message, {
        type: "success",
        autocloseDelay: 10000,
        buttons,
    });
    if (undo) {
        buttons.push({
            name: undo.label,
            onClick: async () => {
                close();
                const done = await env.services.orm.call(undo.model, undo.method, [undo.ids]);
                await env.services.action.doAction(done);
            },
        });
    }
    return next;
}

registry.category("actions").add("order_extension.notify_with_undo", notifyWithUndo);
