"""Marks of students, from 0 to 20."""


def mean(marks: list[float]) -> float:
    """Give the mean of some marks; ValueError without any."""
    if not marks:
        raise ValueError("no mark")
    return sum(marks) / len(marks)


def passed(marks: list[float]) -> bool:
    """Tell whether the mean reaches 10."""
    return mean(marks) >= 10
