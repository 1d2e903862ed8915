from preamp import define_data

data = define_data(
    name="notes",
    schema="""
      type Note @model @auth(rules: [{ allow: owner }, { allow: groups, groups: ["ADMINS"] }]) {
        id: ID!
        text: String! @default(value: "empty")
        tag: String @index(name: "byTag", queryField: "notesByTag")
      }
      type Legacy @model @auth(rules: [{ allow: private }]) {
        id: ID!
        title: String
      }
    """,
    authorization_modes={"default_authorization_mode": "userPool"},
    migrated_amplify_gen1_dynamo_db_table_mappings=[
        {
            "branch_name": "sandbox",
            "model_name_to_table_name_mapping": {"Legacy": "Legacy-abcdefgh-dev"},
        },
        {
            "branch_name": "main",
            "model_name_to_table_name_mapping": {"Legacy": "Legacy-ijklmnop-prod"},
        },
    ],
)
