"""DynamoDB tables with other keys are other tables.

ministack empties the table under its name: items are lost even if a policy retains the table or the
update is rolled back.

AWS: "AWS::DynamoDB::Table", CloudFormation template reference: KeySchema and LocalSecondaryIndexes
are updated by replacement.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

_TABLE: Final = "AWS::DynamoDB::Table"
_REPLACING: Final = ("KeySchema", "LocalSecondaryIndexes")


def replaced_tables() -> Mend:
    """Create a table with other keys under another name, before the old one is deleted."""
    return Mend(
        name="replaced tables",
        reference="AWS::DynamoDB::Table",
        symbols=(
            Symbol("services.cloudformation.provisioners:_REPLACING_PROPERTIES"),
            Symbol(
                "services.cloudformation.provisioners:_property_recreation", "resource_type name"
            ),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    replacing = module("services.cloudformation.provisioners")._REPLACING_PROPERTIES
    replacing[_TABLE] = (*replacing[_TABLE], *_REPLACING)
