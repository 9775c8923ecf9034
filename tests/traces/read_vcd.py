"""Prints the changes of a VCD as lines "FEMTOSECONDS,PATH,VALUE", by time and path.

A second opinion for tests: written from the standard (IEEE 1364-2005, clause 18) and from what fst2vcd -e adds for
enumerations; shares nothing with the program's own readers. Reals are printed with nine digits after the point.
"""

import re
import sys

UNITS = {"s": 10**15, "ms": 10**12, "us": 10**9, "ns": 10**6, "ps": 10**3, "fs": 1}


def definitions(text):
    """Unit in fs, and by code: path, type, names of an enumeration."""
    unit, scopes, variables, tables, pending = 1, [], {}, {}, None
    for keyword, body in re.findall(r"\$(\w+)\s*(.*?)\s*\$end", text, re.S):
        words = body.split()
        if keyword == "timescale":
            count, name = re.fullmatch(r"(\d+)\s*(\w+)", body).groups()
            unit = int(count) * UNITS[name]
        elif keyword == "scope":
            scopes.append(words[1])
        elif keyword == "upscope":
            scopes.pop()
        elif keyword == "attrbegin" and words[:2] == ["misc", "07"]:
            if len(words) > 4:  # a table: name, count, names, values; its number comes last
                count = int(words[3])
                tables[words[-1]] = dict(zip(words[4 + count:4 + 2 * count], words[4:4 + count]))
            else:  # the next variable is of a table
                pending = tables[words[-1]]
        elif keyword == "var":
            path = "/".join(scopes + [re.split(r"[\s\[]", words[3])[0]])
            variables[words[2]] = (path, words[0], pending)
            pending = None
    return unit, variables


def shown(value, kind, names):
    if names is not None:
        width = len(next(iter(names)))
        return names[value[1:].zfill(width)]
    if kind == "real":
        return f"{float(value[1:]) + 0.0:.9f}"
    if kind == "string":
        return value[1:]
    return str(int(value.lstrip("bB"), 2))


def main(path):
    with open(path, encoding="ascii") as file:
        head, body = file.read().split("$enddefinitions $end", 1)
    unit, variables = definitions(head)
    time, changes, words = 0, [], iter(body.split())
    for word in words:
        if word.startswith("#"):
            time = int(word[1:]) * unit
        elif word.startswith("$comment"):
            while next(words) != "$end":
                pass
        elif word[0] in "bBrRs":
            name, kind, names = variables[next(words)]
            changes.append((time, name, shown(word, kind, names)))
        elif word[0] in "01":
            name, kind, names = variables[word[1:]]
            changes.append((time, name, shown("b" + word[0], kind, names)))
    changes.sort(key=lambda change: change[:2])
    for change in changes:
        print("{},{},{}".format(*change))


main(sys.argv[1])
