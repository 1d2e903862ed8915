"""What is known of each user, as a user pool says it.

In the order of the definition, which the CDK's own options would lose on their way into Node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import IResolvable
from aws_cdk import aws_cognito as cognito

from preamp.definition.auth.attributes import STANDARD

if TYPE_CHECKING:
    from preamp.definition.auth.attributes import Attributes, Custom, StandardAttribute
    from preamp.definition.auth.login import Login

_Schema = list[IResolvable | cognito.CfnUserPool.SchemaAttributeProperty]


def create_schema(attributes: Attributes, login: Login) -> _Schema:
    """The schema of a user pool.

    Args:
        attributes: What is known of each user.
        login: How people sign in; what they sign in with is required.
    """
    required: StandardAttribute = {"required": True, "mutable": True}
    standard: dict[str, StandardAttribute] = {}
    if login.email:
        standard["email"] = required
    if login.phone:
        standard["phone_number"] = required
    standard |= attributes.standard
    return [
        *(
            cognito.CfnUserPool.SchemaAttributeProperty(name=STANDARD[name], **options)
            for name, options in standard.items()
        ),
        *(_custom(name, custom) for name, custom in attributes.custom.items()),
    ]


def _custom(name: str, custom: Custom) -> cognito.CfnUserPool.SchemaAttributeProperty:
    least = None if custom.least is None else str(custom.least)
    most = None if custom.most is None else str(custom.most)
    pool = cognito.CfnUserPool
    return pool.SchemaAttributeProperty(
        name=name,
        attribute_data_type=custom.data_type,
        mutable=custom.mutable,
        string_attribute_constraints=(
            pool.StringAttributeConstraintsProperty(min_length=least, max_length=most)
            if custom.data_type == "String"
            else None
        ),
        number_attribute_constraints=(
            pool.NumberAttributeConstraintsProperty(min_value=least, max_value=most)
            if custom.data_type == "Number"
            else None
        ),
    )
