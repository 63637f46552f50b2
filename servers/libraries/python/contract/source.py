"""Options as the text of a program."""

import json
import re

WIDTH = 100


def literal(value):
    """The text of a value of an option."""
    if isinstance(value, str):
        return f'r"{value}"' if "\\" in value else json.dumps(value)
    if isinstance(value, re.Pattern):
        return f"re.compile({literal(value.pattern)})"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return repr(value)


def call(function, *arguments, **options):
    """The text of a call. The arguments are texts, the options are values."""
    parts = [*arguments, *(f"{name}={literal(value)}" for name, value in options.items())]
    line = f"{function}({', '.join(parts)})"
    if len(line) <= WIDTH:
        return line
    return f"{function}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def indented(text):
    """The text of a value that stands inside a call."""
    return text.replace("\n", "\n    ")


def assignments(values):
    """The text of assignments, one a line."""
    return "\n".join(f"{name} = {literal(value)}" for name, value in values.items())
