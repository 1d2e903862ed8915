"""The API of data_relations."""

from preamp import define_data

from .models import api

data = define_data(
    schema=api,
)
