"""What holds for the controls of each add-on: nothing is on that nobody has switched on."""

from lxml import etree

#: Levels of a control at which it lets everything pass.
LETS_PASS = ("off", "warn")


class ControlsMixin:
    """For a test case of an add-on, whose name is ``addon``."""

    addon = None

    def _get_own_fields(self, *types):
        """Return the names of the fields of a company that the add-on has defined."""
        data = self.env["ir.model.data"].search(
            [("module", "=", self.addon), ("model", "=", "ir.model.fields"), ("name", "=like", "field_res_company__%")]
        )
        names = self.env["ir.model.fields"].browse(data.mapped("res_id")).mapped("name")
        company = self.env["res.company"]
        return [name for name in sorted(names) if company._fields[name].type in types and company._fields[name].store]

    def _get_controls_block(self):
        """Return the fields in the block with which the add-on's page of the settings begins."""
        arch = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        [app] = etree.fromstring(arch).xpath(f"//app[@name='{self.addon}']")
        block = app.find("block")
        self.assertEqual(block.get("name"), f"{self.addon}_controls", "the page begins with what is on")
        return block

    def test_a_new_company_refuses_nothing(self):
        company = self.env["res.company"].create({"name": "Founded today"})
        policies = self._get_own_fields("selection")
        for name in policies:
            self.assertIn(company[name], LETS_PASS, f"{name} refuses what Odoo takes")
        for name in self._get_own_fields("boolean"):
            self.assertFalse(company[name], f"{name} is on, and nobody has switched it on")
        for name, level in company._get_recommended_controls()[self.addon].items():
            if company._fields[name].type != "selection":
                self.assertFalse(company[name], f"{name} is on, and nobody has switched it on")
                self.assertTrue(level)

    def test_the_settings_begin_with_what_is_on(self):
        """Each control has a line there; what has levels shows them side by side."""
        block = self._get_controls_block()
        shown = {field.get("name"): field for field in block.iter("field")}
        recommended = self.env["res.company"]._get_recommended_controls()[self.addon]
        for name in {*self._get_own_fields("selection", "boolean"), *recommended}:
            self.assertIn(name, shown)
        for name in self._get_own_fields("selection"):
            self.assertIn(name, recommended, "each policy has a level that is recommended")
            self.assertEqual(shown[name].get("widget"), "radio")
        for setting in block.iter("setting"):
            self.assertTrue(setting.get("help"), etree.tostring(setting))
        [button] = block.iter("button")
        self.assertEqual(button.get("name"), "action_use_recommended_controls")

    def test_the_recommended_set(self):
        company = self.env["res.company"].create({"name": "Founded today"})
        self.env.user.company_ids |= company
        settings = self.env["res.config.settings"].with_company(company).sudo(False).create({})
        settings.with_context(controls_of=self.addon).action_use_recommended_controls()
        for name, level in company._get_recommended_controls()[self.addon].items():
            self.assertEqual(company[name], level, name)
