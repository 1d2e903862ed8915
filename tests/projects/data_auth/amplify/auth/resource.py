from preamp import define_auth, define_function

hooks = define_function(name="hooks", entry="hooks.ts", resource_group_name="auth")

auth = define_auth(
    login_with={"email": True},
    groups=["Admin", "Editors"],
    multifactor={"mode": "REQUIRED", "email": True, "totp": True},
    senders={"email": {"from_email": "no-reply@example.com"}},
    triggers={
        "create_auth_challenge": hooks,
        "custom_message": hooks,
        "define_auth_challenge": hooks,
        "post_authentication": hooks,
        "pre_authentication": hooks,
        "pre_token_generation": hooks,
        "user_migration": hooks,
        "verify_auth_challenge_response": hooks,
    },
)
