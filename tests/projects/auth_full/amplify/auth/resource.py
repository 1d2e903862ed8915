from preamp import define_auth, define_function

pre_sign_up = define_function(
    name="pre-sign-up",
    entry="pre_sign_up/handler.ts",
    resource_group_name="auth",
    environment={"ALLOW_DOMAIN": "example.com"},
)
post_confirmation = define_function(
    name="post-confirmation",
    entry="post_confirmation/handler.ts",
    resource_group_name="auth",
    environment={"GROUP_NAME": "viewers"},
)
auth = define_auth(
    name="people",
    login_with={
        "email": {
            "verification_email_style": "CODE",
            "verification_email_subject": "Welcome!",
            "verification_email_body": lambda create_code: (
                f"Use this code to confirm: {create_code()}"
            ),
            "user_invitation": {
                "email_subject": "You are invited",
                "email_body": lambda user, code: (
                    f"Sign in as {user()} with temporary password {code()}"
                ),
                "sms_message": lambda user, code: f"Hello {user()}, your code is {code()}",
            },
        },
        "phone": {
            "verification_message": lambda create_code: (
                f"Your verification code is {create_code()}"
            ),
        },
    },
    multifactor={
        "mode": "OPTIONAL",
        "totp": True,
        "sms": {"sms_message": lambda create_code: f"Your MFA code is {create_code()}"},
    },
    user_attributes={
        "birthdate": {"mutable": True, "required": True},
        "family_name": {"mutable": True, "required": False},
        "given_name": {"mutable": False, "required": True},
        "preferred_username": {"mutable": True, "required": False},
        "custom:display_name": {
            "data_type": "String",
            "mutable": True,
            "max_len": 16,
            "min_len": 1,
        },
        "custom:favorite_number": {"data_type": "Number", "mutable": True, "min": 1, "max": 100},
        "custom:is_beta_user": {"data_type": "Boolean", "mutable": True},
        "custom:started_free_trial": {"data_type": "DateTime", "mutable": False},
    },
    groups=["ADMINS", "EDITORS", "viewers"],
    account_recovery="PHONE_WITHOUT_MFA_AND_EMAIL",
    senders={
        "email": {
            "from_email": "no-reply@example.com",
            "from_name": "Example",
            "reply_to": "support@example.com",
        },
        "sms": {
            "external_id": "external-id-1",
            "sns_caller_arn": "arn:aws:iam::123456789012:role/sns-caller",
            "sns_region": "us-east-1",
        },
    },
    triggers={"pre_sign_up": pre_sign_up, "post_confirmation": post_confirmation},
    access=lambda allow: [allow.resource(post_confirmation).to(["addUserToGroup", "getUser"])],
)
