// Steps through Odoo's web client, as a person takes them. Each ends when the client has come to rest.
(() => {
    const LIMIT = 30000;
    const troubles = [];
    let pending = 0;

    function tell(kind, text) {
        troubles.push(`${kind}: ${String(text).slice(0, 500)}`);
    }

    // What the server answers: a refusal is one, however the screen shows it.
    const { open, send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, url, ...others) {
        this.walkUrl = String(url);
        return open.call(this, method, url, ...others);
    };
    XMLHttpRequest.prototype.send = function (body) {
        pending++;
        this.addEventListener("loadend", () => {
            pending--;
            if (this.status >= 500) {
                tell(`HTTP ${this.status}`, this.walkUrl);
            }
            const isJson = (this.getResponseHeader("Content-Type") || "").startsWith("application/json");
            if (isJson && this.responseType === "") {
                const { error } = JSON.parse(this.responseText);
                if (error) {
                    const { name, message } = error.data || {};
                    tell(name || "error", `${this.walkUrl}: ${message || error.message}`);
                }
            }
        });
        return send.call(this, body);
    };
    const fetchBefore = window.fetch;
    window.fetch = async function (...request) {
        pending++;
        try {
            const answer = await fetchBefore.apply(this, request);
            if (answer.status >= 500) {
                tell(`HTTP ${answer.status}`, request[0].url || request[0]);
            }
            return answer;
        } finally {
            pending--;
        }
    };

    const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
    const find = (selector) => document.querySelector(selector);
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    const root = () => odoo.__WOWL_DEBUG__.root;

    function busy() {
        const drawing = [...(root().__owl__.app.scheduler.tasks || [])].length;
        return pending > 0 || drawing > 0 || seen(".o_blockUI").length > 0;
    }

    async function rest() {
        const end = Date.now() + LIMIT;
        let quiet = 0;
        while (quiet < 3) {
            if (Date.now() > end) {
                tell("does not come to rest", location.pathname);
                return;
            }
            await pause(20);
            quiet = busy() ? 0 : quiet + 1;
        }
        for (const dialog of seen(".o_error_dialog")) {
            tell("error dialog", dialog.innerText);
            dialog.closest(".modal").querySelector(".btn-close, footer button").click();
            await pause(50);
        }
    }

    async function click(element) {
        for (const type of ["mousedown", "mouseup", "click"]) {
            element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, view: window }));
        }
        await rest();
    }

    async function closeDialogs() {
        for (let tries = 0; tries < 5 && seen(".modal").length; tries++) {
            const close = seen(".modal .btn-close").at(-1) || seen(".modal footer .btn-secondary").at(-1);
            if (!close) {
                break;
            }
            await click(close);
        }
    }

    const place = () => root().env.services.action.currentController?.jsId;

    async function backTo(jsId) {
        await closeDialogs();
        if (jsId && place() !== jsId) {
            try {
                await root().env.services.action.restore(jsId);
            } catch (error) {
                tell("no way back", error.message || error);
            }
            await rest();
        }
    }

    window.walk = {
        ready: async () => {
            const end = Date.now() + LIMIT;
            while (!(window.odoo?.isReady && root()?.env)) {
                if (Date.now() > end) {
                    throw new Error("the web client does not start");
                }
                await pause(50);
            }
            await rest();
        },
        /** What went wrong since the last call. */
        troubles: () => troubles.splice(0),
        /** The menus that the user has: id, parent, xmlid, name, action. */
        menus: () =>
            root()
                .env.services.menu.getAll()
                .filter((menu) => menu.id !== "root")
                .map(({ id, appID, xmlid, name, actionID, actionModel }) => ({
                    id,
                    appID,
                    xmlid,
                    name,
                    actionID,
                    actionModel,
                })),
        openMenu: async (id) => {
            await closeDialogs();
            await root().env.services.menu.selectMenu(id);
            await rest();
        },
        openAction: async (id) => {
            await closeDialogs();
            await root().env.services.action.doAction(id, { clearBreadcrumbs: true });
            await rest();
        },
        views: () =>
            seen(".o_switch_view:not(.active)")
                .map((button) => [...button.classList].find((name) => /^o_(?!switch_view)/.test(name)))
                .filter(Boolean),
        switchView: async (name) => {
            const button = seen(`.o_switch_view.${name}`)[0];
            if (button) {
                await pause(260); // Odoo ignores two clicks in a row
                await click(button);
            }
        },
        /** Choose each filter, group and favourite, and take it back. Returns how many there were. */
        filters: async () => {
            let count = 0;
            const toggler = () => seen(".o_control_panel .o_searchview_dropdown_toggler")[0];
            const items = () =>
                seen(
                    ".o_search_bar_menu .o_menu_item:not(.o_add_custom_filter):not(.o_add_custom_group_menu)"
                ).filter((item) => item.getAttribute("role") === "menuitemcheckbox");
            if (!toggler()) {
                return 0;
            }
            await click(toggler());
            for (let index = 0; index < items().length; index++) {
                await click(items()[index]);
                if (items()[index]?.getAttribute("aria-checked") === "true") {
                    await click(items()[index]);
                }
                count++;
            }
            if (seen(".o_search_bar_menu").length) {
                await click(toggler());
            }
            return count;
        },
        /** Open the first record behind the screen as it is. Returns whether there is one that opens. */
        openFirst: async () => {
            const before = place();
            if (find(".o_view_sample_data")) {
                return false; // rows that Odoo makes up for an empty list
            }
            for (let depth = 0; depth < 4; depth++) {
                const folded = seen(".o_list_view .o_group_header:not(.o_group_open)")[0];
                if (seen(".o_list_view .o_data_row").length || !folded) {
                    break;
                }
                await click(folded.querySelector(".o_group_name") || folded);
            }
            const target =
                seen(".o_list_view .o_data_row td.o_data_cell:not(.o_handle_cell)").find(
                    (cell) => !cell.querySelector("button, a, input, .o_priority, .o_field_many2one")
                ) ||
                seen(".o_kanban_record:not(.o_kanban_ghost):not(.o_kanban_demo)")[0] ||
                seen(".o_pivot_cell_value:not(.o_empty)").find((cell) => cell.innerText.trim());
            if (!target) {
                return false;
            }
            await click(target);
            return place() !== before || seen(".modal").length > 0;
        },
        tabs: async () => {
            const count = seen(".o_notebook_headers .nav-link").length;
            for (let index = 0; index < count; index++) {
                const tab = seen(".o_notebook_headers .nav-link")[index];
                if (tab) {
                    await click(tab);
                }
            }
            return count;
        },
        statButtons: () =>
            [...document.querySelectorAll(".o_form_view .oe_stat_button")]
                .filter((button) => button.tagName === "BUTTON")
                .map((button) => button.getAttribute("name") || button.innerText.trim()),
        pressStat: async (index) => {
            const button = [...document.querySelectorAll(".o_form_view .oe_stat_button")].filter(
                (one) => one.tagName === "BUTTON"
            )[index];
            if (button) {
                await click(button);
            }
        },
        /** Open a screen that no menu leads to. */
        openScreen: async (action) => {
            await closeDialogs();
            await root().env.services.action.doAction(action, { clearBreadcrumbs: true });
            await rest();
        },
        /** The tags of the client actions with a screen whose names begin with one of `prefixes`. */
        clientActions: (prefixes) =>
            odoo.loader.modules
                .get("@web/core/registry")
                .registry.category("actions")
                .getEntries()
                .filter(([_tag, action]) => action.template) // others do something and show nothing
                .map(([tag]) => tag)
                .filter((tag) => prefixes.some((prefix) => tag.startsWith(prefix))),
        /** Whether the lowest thing of a screen can be seen now, and which it is. */
        lowest: () => {
            const areas = seen(".modal .modal-body").at(-1) || find(".o_form_sheet_bg") || find(".o_action .o_content");
            const things = [...areas.querySelectorAll("*")].filter(
                (one) =>
                    one.checkVisibility() &&
                    one.getBoundingClientRect().height > 2 &&
                    (["INPUT", "BUTTON", "CANVAS", "IMG", "TEXTAREA"].includes(one.tagName) ||
                        [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
            );
            const bottom = (one) => one.getBoundingClientRect().bottom;
            const last = things.reduce((low, one) => (bottom(one) > bottom(low) ? one : low), things[0]);
            if (!last) {
                return { seen: true, name: "nothing", bottom: 0 };
            }
            const box = last.getBoundingClientRect();
            return {
                seen: box.bottom <= innerHeight + 1, // or passed by already
                bottom: Math.round(box.bottom),
                name: `${last.tagName.toLowerCase()} “${last.innerText?.trim().slice(0, 40)}”`,
            };
        },
        isForm: () => seen(".o_form_view").length > 0,
        /** The model of the screen, and what it is about. */
        subject: () => [root().env.services.action.currentController?.action.res_model || "", document.title],
        place,
        backTo,
        rest,
        closeDialogs,
    };
})();
