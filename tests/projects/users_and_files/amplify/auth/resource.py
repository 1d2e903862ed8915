from preamp import define_auth, define_function

trigger = define_function(name="trigger", entry="trigger.py", resource_group_name="auth")

auth = define_auth(
    login_with={"email": {"otp_login": True}},
    multifactor={"mode": "OPTIONAL", "totp": True},
    groups=["ADMINS"],
    triggers={
        "create_auth_challenge": trigger,
        "custom_message": trigger,
        "define_auth_challenge": trigger,
        "post_authentication": trigger,
        "post_confirmation": trigger,
        "pre_authentication": trigger,
        "pre_sign_up": trigger,
        "pre_token_generation": trigger,
        "user_migration": trigger,
        "verify_auth_challenge_response": trigger,
    },
)
