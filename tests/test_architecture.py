"""The rules of the house that a test can see."""

import ast
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Model
from django.template import engines

ROOT = Path(settings.BASE_DIR)
APPS = ["cms", "newsletter", "crm"]
LAYERS = ["services", "resources", "filters", "forms", "views", "viewsets"]


def modules(folder):
    return sorted(path.stem for path in (ROOT / folder).glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("app", APPS)
def test_every_model_is_exported_by_its_package(app):
    """A model whose module models/__init__.py does not import does not exist, and makemigrations says nothing about it."""
    package = import_module(f"{app}.models")

    for name in modules(f"{app}/models"):
        module = import_module(f"{app}.models.{name}")
        for model_name, model in getmembers(module, isclass):
            if issubclass(model, Model) and not model._meta.abstract and model.__module__ == module.__name__:
                assert model_name in package.__all__, f"{app}/models/__init__.py does not export {model_name} of {name}.py"


@pytest.mark.parametrize("app", APPS)
def test_one_noun_has_one_file_name_in_every_layer(app):
    """`contacts.py` beside a model module `contact.py`, or the other way round, would hide half of a feature."""
    nouns = set(modules(f"{app}/models"))

    for layer in LAYERS:
        for name in set(modules(f"{app}/{layer}")) - nouns:
            twin = {f"{name}s", name.removesuffix("s")} & nouns
            assert not twin, f"{app}/{layer}/{name}.py should be called as models/{twin.pop()}.py is"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").rglob("*.*")), ids=lambda path: path.relative_to(ROOT / "templates").as_posix()
)
def test_template_compiles(path):
    engines["django"].get_template(path.relative_to(ROOT / "templates").as_posix())


def test_every_setting_of_the_environment_is_documented():
    example = (ROOT / ".env.example").read_text()
    readme = (ROOT / "README.md").read_text()

    for name in environment_variables():
        assert f"{name}=" in example, f"{name} is missing in .env.example"
        assert f"| `{name}` |" in readme, f"{name} is missing in README.md's table of settings"


def environment_variables():
    """Return the names that the settings ask django-environ for: env("NAME"), env.bool("NAME")."""
    names = set()
    for path in (ROOT / "config/settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] == "env" and isinstance(node.args[0], ast.Constant):
                names.add(node.args[0].value)
    return sorted(names)
