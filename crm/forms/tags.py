"""Tags as one writes them: names with commas between, and the form of a tag itself."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import ObjectList
from wagtail.admin.staticfiles import versioned_static

from crm.models import Tag
from crm.services.tags import SEPARATORS, set_tags, split_names, tags_by_key
from crm.text import fold


class TagNamesInput(forms.TextInput):
    """A line of text with the known tags as suggestions; the script offers them for each word, not only for the first."""

    def __init__(self, attrs=None):
        super().__init__({"autocomplete": "off", "data-tag-names": "", **(attrs or {})})

    def render(self, name, value, attrs=None, renderer=None):
        suggestions = f"{(attrs or {}).get('id', name)}-tags"
        line = super().render(name, value, {**(attrs or {}), "list": suggestions}, renderer)
        names = Tag.objects.values_list("name", flat=True)
        # Django's renderer of widgets doesn't know the templates of the project.
        return line + render_to_string("admin/register/tag_names_list.html", {"suggestions_id": suggestions, "names": names})

    @property
    def media(self):
        return forms.Media(js=[versioned_static("js/tag_names.js")])


class TagNamesField(forms.CharField):
    """Names with a comma or semicolon between. Gives those of the tags that there are, and as typed those that are new."""

    widget = TagNamesInput

    def __init__(self, **kwargs):
        kwargs = {"label": _("Tags"), "help_text": _("Several with commas between: “board, speaker”."), "required": False, **kwargs}
        super().__init__(**kwargs)

    def clean(self, value):
        names = split_names(super().clean(value))
        if long := [name for name in names if len(name) > Tag._meta.get_field("name").max_length]:
            raise ValidationError(_("“%(name)s…” is too long for a tag. Set commas between the tags."), params={"name": long[0][:30]})
        known = tags_by_key()
        return [known[fold(name)].name if fold(name) in known else name for name in names]


def refuse_new_tags(names, user):
    """Raise ValidationError when somebody names tags that don't exist, and may not add any."""
    known = tags_by_key()
    new = [name for name in names if fold(name) not in known]
    if new and not user.has_perm("crm.add_tag"):
        sentence = ngettext(
            "There is no tag %(names)s, and you may not add tags. Check the spelling, or ask a colleague.",
            "There are no tags %(names)s, and you may not add tags. Check the spelling, or ask a colleague.",
            len(new),
        )
        raise ValidationError(sentence, params={"names": ", ".join(f"“{name}”" for name in new)})


class TaggedForm(WagtailAdminModelForm):
    """The form of something that has tags. A form that is sent without the field leaves them as they are."""

    tag_names = TagNamesField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            names = self.instance.taggings.order_by("tag__sort_key").values_list("tag__name", flat=True)
            self.initial.setdefault("tag_names", ", ".join(names))

    def clean_tag_names(self):
        refuse_new_tags(self.cleaned_data["tag_names"], self.for_user)
        return self.cleaned_data["tag_names"]

    def save(self, commit=True):
        instance = super().save(commit)
        if commit and self.add_prefix("tag_names") in self.data:
            set_tags(instance, self.cleaned_data["tag_names"], acting_user=self.for_user)
        return instance


class TaggedViewSetMixin:
    """For the viewset of something that has tags: its panels may name the field `tag_names`."""

    def get_edit_handler(self):
        return ObjectList(self.panels, base_form_class=TaggedForm).bind_to_model(self.model)


class TagForm(WagtailAdminModelForm):
    class Meta:
        model = Tag
        fields = ["name", "description"]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if SEPARATORS.search(name):
            raise ValidationError(_("Leave out commas and semicolons: they stand between tags."))
        other = tags_by_key().get(fold(name))
        if other and other.pk != self.instance.pk:
            raise ValidationError(_("There is the tag “%(other)s” already. Use that one, or choose another name."), params={"other": other})
        return name


class MergeForm(forms.Form):
    """Which tags become one, and which of them that is."""

    tag = forms.ModelMultipleChoiceField(label=_("Tags"), queryset=Tag.objects.all(), error_messages={"required": _("Choose two tags.")})
    keep = forms.ModelChoiceField(label=_("Keep"), queryset=Tag.objects.all(), error_messages={"required": _("Choose the one to keep.")})

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("tag") is not None and len(cleaned["tag"]) < 2:
            self.add_error("tag", _("Choose at least two tags."))
        elif cleaned.get("keep") and cleaned["keep"] not in cleaned.get("tag", ()):
            self.add_error("keep", _("Keep one of the chosen tags."))
        return cleaned
