"""No check lets through what its column cannot hold: addons' lines and keys are stored without a form that would say so."""

import pytest

from dialplan.models import Layered
from tenants.fields import CheckedCharField

FIELDS = [field for model in Layered.__subclasses__() for field in model._meta.get_fields() if isinstance(field, CheckedCharField)]


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_what_is_longer_than_its_column_is_refused(field: CheckedCharField) -> None:
    assert field.max_length
    assert field.one_way
    with pytest.raises(ValueError, match=r"."):
        field.one_way("a" * (field.max_length + 1))
