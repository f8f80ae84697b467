"""What every life begins from: an office, its relay and its phones, made once and copied."""

import shutil

import pytest

from tests.faults.places import make_template


@pytest.fixture(scope="module")
def template():
    made = make_template()
    yield made
    shutil.rmtree(made.folder)
