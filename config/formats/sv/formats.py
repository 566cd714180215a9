"""Dates as people write them in Sweden: the day before the month. Django's own Swedish formats read 1/9/2017 as 9 January."""

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%d/%m %Y", "%d-%m-%Y"]
SHORT_DATE_FORMAT = "Y-m-d"
