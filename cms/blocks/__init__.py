"""The blocks of which editors build pages; one file and one template each."""

from cms.blocks.bodies import ArticleBody, Buttons, HomeBody

__all__ = ["ArticleBody", "Buttons", "HomeBody"]
