from wagtail.admin.widgets import AdminDateInput


class DateInput(AdminDateInput):
    """Wagtail's, without its habit of replacing what it cannot read by today's date when one leaves the field."""

    def get_config(self):
        return {**super().get_config(), "validateOnBlur": False}
