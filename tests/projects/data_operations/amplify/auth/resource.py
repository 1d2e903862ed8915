from preamp import define_auth

auth = define_auth(
    login_with={
        "email": {
            "verification_email_style": "LINK",
            "verification_email_subject": "Confirm your address",
            "verification_email_body": lambda link: f"Please {link('confirm here')}.",
        }
    },
    groups=["Admin"],
    multifactor={"mode": "OFF"},
    account_recovery="NONE",
)
