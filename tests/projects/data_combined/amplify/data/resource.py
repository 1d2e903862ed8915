"""The API of data_combined."""

from preamp import define_data

from .models import api

data = define_data(
    schema=api,
    authorization_modes={
        "default_authorization_mode": "userPool",
        "api_key_authorization_mode": {"expires_in_days": 2},
    },
    logging={
        "retention": "3 months",
        "exclude_verbose_content": False,
        "field_log_level": "all",
    },
    stack_mappings={
        "CreateArticleResolver": "ArticleMutations",
        "UpdateArticleResolver": "ArticleMutations",
    },
)
