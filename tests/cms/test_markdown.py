from types import SimpleNamespace

from cms.markdown import to_blocks


def blocks_of(text):
    return to_blocks(text, link=lambda address: f'href="{address}"', image=lambda name: SimpleNamespace(pk=7))


def test_paragraphs_and_lists_become_one_text():
    assert blocks_of("Ett **viktigt**\nstycke.\n\n- ett\n- [två](/om-oss/)") == [
        {"type": "text", "value": '<p>Ett <b>viktigt</b> stycke.</p><ul><li>ett</li><li><a href="/om-oss/">två</a></li></ul>'}
    ]


def test_headings_divide_texts():
    assert [block["type"] for block in blocks_of("Före\n\n## Rubrik\n\nEfter")] == ["text", "heading", "text"]


def test_last_line_of_a_quote_says_who():
    assert blocks_of("> Vi lånar\n> lärare.\n> — Ingela Torstorp, rektor, Falköping") == [
        {"type": "quote", "value": {"text": "Vi lånar lärare.", "name": "Ingela Torstorp", "role": "rektor, Falköping"}}
    ]


def test_picture_alone_in_its_paragraph_is_a_block():
    (block,) = blocks_of('![En båt](bat.jpg "Hamnen")')
    assert block["value"]["image"] == {"image": 7, "alt_text": "En båt", "decorative": False}
    assert block["value"]["caption"] == "Hamnen"


def test_markup_in_texts_is_escaped():
    assert blocks_of("a < b & <b>c</b>")[0]["value"].startswith("<p>a &lt; b &amp;")
