"""A quality gate: did this change make anything worse?"""
