class UpkeepError(Exception):
    """Something that cannot be done as things are; the message says what to do, in the language in force."""
