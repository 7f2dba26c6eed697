#!/usr/bin/env python3
"""Writes src/check/structured/schema-org.txt: the vocabulary of schema.org in short.

Usage: python3 tools/schema-org.py schemaorg-all-https.jsonld > src/check/structured/schema-org.txt

The file to read is that of a release: https://schema.org/version/30.0/schemaorg-all-https.jsonld
"""

import json
import sys

HEAD = """\
# The vocabulary of schema.org, release 30.0, in short; made by tools/schema-org.py.
# Schema.org is published by its sponsors under CC BY-SA 3.0 (https://schema.org/docs/terms.html);
# so is this file. Types with those they are kinds of; members of enumerations; properties
# with the types that have them and the types of their values.
"""


def names(value):
    values = value if isinstance(value, list) else [value] if value else []
    found = [it["@id"] for it in values]
    return sorted(it.removeprefix("schema:") for it in found if it.startswith("schema:"))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        graph = json.load(file)["@graph"]
    types, members, properties = [], [], []
    for node in sorted(graph, key=lambda node: node["@id"]):
        if not node["@id"].startswith("schema:"):
            continue
        name = node["@id"].removeprefix("schema:")
        kinds = node["@type"] if isinstance(node["@type"], list) else [node["@type"]]
        if "rdfs:Class" in kinds:
            above = names(node.get("rdfs:subClassOf"))
            if "schema:DataType" in kinds:
                above = ["DataType"]
            types.append(f"T {name} {','.join(above)}".rstrip())
        elif "rdf:Property" in kinds:
            domain = ",".join(names(node.get("schema:domainIncludes")))
            values = ",".join(names(node.get("schema:rangeIncludes")))
            properties.append(f"P {name} {domain or '-'} {values or '-'}")
        else:
            above = ",".join(sorted(it.removeprefix("schema:") for it in kinds))
            members.append(f"M {name} {above}")
    print(HEAD + "\n".join(types + members + properties))


main()
