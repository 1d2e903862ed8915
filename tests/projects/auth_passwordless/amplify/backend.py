from preamp import define_auth, define_backend

auth = define_auth(
    login_with={
        "email": {"otp_login": True},
        "phone": {"otp_login": True},
        "web_authn": {"relying_party_id": "app.example.com", "user_verification": "required"},
    },
    passwordless_options={"preferred_challenge": "WEB_AUTHN"},
)
backend = define_backend(auth=auth)
