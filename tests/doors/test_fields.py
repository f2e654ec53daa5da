"""What people type as money, as the pages print it."""

from decimal import Decimal

import pytest
from rest_framework.exceptions import ValidationError

from trading.doors.fields import Yuan


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("900,000", "900000.00"), ("1,624,350.5", "1624350.50"), ("９００，０００", "900000.00"), (" 12.30 ", "12.30")],
)
def test_money_is_read_as_people_write_it(typed, amount):
    assert Yuan().to_internal_value(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["9,00", "1,0000", ",900", "90万", "1.000,00"])
def test_money_that_could_mean_something_else_is_refused(typed):
    with pytest.raises(ValidationError):
        Yuan().to_internal_value(typed)
