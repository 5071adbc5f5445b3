"""Every row runs, in order, and the command says what the SDK says."""

import pathlib

import pytest

import rows_cos
import rows_ois
import rows_oss
import rows_tos
from rows import NotYet

PAGES = [rows_tos.PAGE, rows_ois.PAGE, rows_cos.PAGE, rows_oss.PAGE]
ROWS = [row for page in PAGES for row in page.rows]
NO_COMMAND = pathlib.Path(__file__).parent / "no_command_yet.txt"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_sdk_and_the_command_say_the_same(row, places, program):
    at = places[row.quick_start]

    told = row.sdk(at)

    if isinstance(row.command, NotYet):
        exists = row.command.works(at) if row.command.works else program.has(row.command.words)
        assert not exists, f"there is such a command now: let this row run it: sluice {row.command.words}"
    elif row.command:
        assert row.command(at) == told


def test_every_block_has_its_row():
    assert {page.name: len(page.rows) for page in PAGES} == {page.name: page.blocks for page in PAGES}


def test_the_rows_without_a_command_are_those_on_record():
    """A row that gets its command leaves the list; none may join it."""
    waiting = [f"{row}: sluice {row.command.words}" for row in ROWS if isinstance(row.command, NotYet)]

    assert waiting == NO_COMMAND.read_text().splitlines()
