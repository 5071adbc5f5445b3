"""Every row runs, in order, and the command says what the SDK says."""

import pytest

import rows_cos
import rows_ois
import rows_oss
import rows_tos

PAGES = [rows_tos.PAGE, rows_ois.PAGE, rows_cos.PAGE, rows_oss.PAGE]
ROWS = [row for page in PAGES for row in page.rows]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_sdk_and_the_command_say_the_same(row, places):
    at = places[row.quick_start]

    told = row.sdk(at)

    if row.command:
        assert row.command(at) == told


def test_every_block_has_its_row():
    assert {page.name: len(page.rows) for page in PAGES} == {page.name: page.blocks for page in PAGES}


def test_only_what_sets_up_an_sdk_has_no_command():
    assert [row.operation for row in ROWS if row.command is None] == [
        "make a client", "install the SDK", "make a service",
        "make a client with appid, id, key, region and token"]
