"""The field for a photo or a logo: what is uploaded is made small at once, and the picture that is there is shown."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from crm.exceptions import RegisterError
from crm.services.pictures import FORMATS, small_picture


class PictureInput(forms.ClearableFileInput):
    template_name = "admin/register/picture_input.html"
    clear_checkbox_label = _("Remove the picture")

    def __init__(self, attrs=None):
        super().__init__({"accept": ",".join(FORMATS.values()), **(attrs or {})})

    def is_initial(self, value):
        return bool(value)  # which has no address to ask for

    def _render(self, template_name, context, renderer=None):
        return render_to_string(template_name, context)  # Django's own form templates are elsewhere

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["record"] = value.instance if context["widget"]["is_initial"] else None
        return context


class PictureField(forms.FileField):
    widget = PictureInput

    def __init__(self, *, max_length=None, **kwargs):
        super().__init__(**kwargs)  # the name of the file is not kept, so that it may be as long as it likes

    def to_python(self, data):
        file = super().to_python(data)
        if file is None:
            return None
        try:
            return small_picture(file)
        except RegisterError as error:
            raise ValidationError(str(error), code="picture") from error


def picture_form(model):
    """Return the form for the picture of a record alone."""

    def form_field(field, **kwargs):
        return field.formfield(form_class=PictureField, help_text=_("JPEG, PNG, WebP or GIF, at most 10 MB."), **kwargs)

    return forms.modelform_factory(model, fields=[model.picture_field], formfield_callback=form_field)
