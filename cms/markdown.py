"""A small part of Markdown, as texts are written in files, turned into the blocks of a page.

Paragraphs, lists, links, bold and italic; `##` and `###` headings; quotes whose last line says who (`> — Name, role`);
a picture alone in its paragraph (`![what we see](file.jpg)`).
"""

import re

from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_WHO_SAID_IT = re.compile(r"\n— (?P<name>[^,\n]+)(?:, (?P<role>[^\n]+))?$")


def to_blocks(text, *, link, image):
    """Return the text as the raw data of an ArticleBody.

    `link(address)` returns the attributes of a link to that address; `image(file name)` the picture in the library.
    """
    blocks, running_text = [], []

    def end_running_text():
        if running_text:
            blocks.append({"type": "text", "value": "".join(running_text)})
            running_text.clear()

    for node in _parse(text):
        block = _as_block(node, image)
        if block is None:
            running_text.append(to_rich_text(node, link=link))
        else:
            end_running_text()
            blocks.append(block)
    end_running_text()
    return blocks


def to_sections(text):
    """Split a text at its headings: pairs of heading and the Markdown nodes below it."""
    sections = []
    for node in _parse(text):
        if node.type == "heading":
            sections.append((_plain(node), []))
        elif sections:
            sections[-1][1].append(node)
    return sections


def _parse(text):
    return SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(text)).children


def to_rich_text(node, *, link):
    """Return a paragraph or list as HTML in the form in which Wagtail stores rich text."""
    inner = "".join(to_rich_text(child, link=link) for child in node.children)
    match node.type:
        case "text":
            return escape(node.content)
        case "softbreak":
            return " "
        case "paragraph":
            # Wagtail's lists hold their text directly.
            return inner if node.parent.type == "list_item" else f"<p>{inner}</p>"
        case "link":
            return f"<a {link(node.attrs['href'])}>{inner}</a>"
        case "inline":
            return inner
    tag = {"bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "strong": "b", "em": "i"}[node.type]
    return f"<{tag}>{inner}</{tag}>"


def _as_block(node, image):
    """Return the block that a node is by itself, or None for running text."""
    if node.type == "heading":
        return {"type": "heading", "value": {"text": _plain(node), "level": node.tag}}
    if node.type == "blockquote":
        return {"type": "quote", "value": _quote(_plain(node))}
    if node.type == "paragraph" and [child.type for child in node.children[0].children] == ["image"]:
        picture = node.children[0].children[0]
        value = {"image": image(picture.attrs["src"]).pk, "alt_text": picture.content, "decorative": False}
        return {"type": "picture", "value": {"image": value, "caption": picture.attrs.get("title", ""), "width": "text"}}
    return None


def _quote(text):
    match = _WHO_SAID_IT.search(text)
    if match is None:
        return {"text": text, "name": "", "role": ""}
    return {"text": text[: match.start()].replace("\n", " "), "name": match["name"], "role": match["role"] or ""}


def _plain(node):
    """Return what a node says, without markup."""
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    return node.content if node.type == "text" else "".join(_plain(child) for child in node.children)
