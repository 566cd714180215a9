"""What the tests of exports do with a list's export page and its files."""

import csv
import io

import openpyxl


def export(client, name, query="", file_format="csv", fields=None, **kwargs):
    """Export a list with the fields that are ticked when the page is opened, or with others; return the response."""
    address = f"/admin/{name}/export/{query}"
    if fields is None:
        form = client.get(address).context["form"]
        fields = form["fields_chosen"].value()
    return client.post(address, {"format": file_format, "fields_chosen": fields}, **kwargs)


def content_of(response):
    return b"".join(response)


def table(response):
    """Return the rows of a CSV file as dictionaries by heading."""
    return list(csv.DictReader(io.StringIO(content_of(response).decode("utf-8-sig")), delimiter=";"))


def sheet(response):
    return openpyxl.load_workbook(io.BytesIO(content_of(response))).active
