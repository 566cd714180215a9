from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"


@pytest.mark.parametrize("name", sorted(path.name for path in (CSS / "components").glob("*.css")))
def test_stylesheet_imports_every_component(name):
    assert f'@import url("components/{name}")' in (CSS / "site.css").read_text()
