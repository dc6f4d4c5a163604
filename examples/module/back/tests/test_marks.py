import pytest
from students.marks import mean, passed


def test_the_mean_of_marks() -> None:
    assert mean([8, 12]) == 10


def test_without_marks_there_is_no_mean() -> None:
    with pytest.raises(ValueError, match="no mark"):
        mean([])


def test_ten_is_enough() -> None:
    assert passed([8, 12])
