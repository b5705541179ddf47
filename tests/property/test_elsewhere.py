"""Filing in person at another commune of the province."""

import numpy as np
import pytest

from sim.scenario.schema import Demand
from sim.world.arrays import CHOOSE_ANY, CHOOSE_FIRST, CHOOSE_LEAST_LOADED
from sim.world.build import Built, build
from sim.world.travel import Ways
from tests.support.tiny_scenario import TINY, tiny_scenario

QUANG_NGAI = {"provinces": ["quang ngai"]}


def built(*cases: dict[str, object], **changes: object) -> Built:
    return build(tiny_scenario(**({"territory": QUANG_NGAI} | changes), demand__filing_elsewhere=list(cases)))


def test_without_cases_nobody_files_elsewhere() -> None:
    world = build(tiny_scenario()).world
    assert (world.streams["elsewhere_row"] == -1).all()
    assert world.candidates.shape == (1, 5, 1) and (world.candidates == -1).all()


def test_only_filings_in_person_of_procedures_that_are_not_confidential_may_go_elsewhere() -> None:
    permit = TINY["procedures"]["permit"]
    procedures = {"permit": permit, "land": permit | {"confidential": "land"}}
    run = built({"share": "5 %", "choose": "nearest"}, procedures=procedures)
    streams = run.world.streams
    counter = streams["channel"] == run.names.channels.index("counter")
    land = streams["procedure"] == run.names.procedures.index("land")
    assert ((streams["elsewhere_row"] >= 0) == (counter & ~land)).all()


def test_the_first_case_that_fits_a_commune_gives_share_and_choice() -> None:
    run = built(
        {"where": {"kinds": ["ward"]}, "share": "10 %", "choose": "least_loaded", "candidates": 3},
        {"share": {"2025-07-07": "0 %", "2025-07-17": "20 %"}, "choose": "ward_near_work"},
    )
    world, sites = run.world, run.sites
    assert world.elsewhere_share[0].tolist() == [0.1] * 14
    assert world.elsewhere_share[1] == pytest.approx([*np.arange(0, 0.2, 0.02), *[0.2] * 4])
    for stream in world.streams[world.streams["elsewhere_row"] >= 0]:
        case = int(sites.all[stream["site"]].kind != "ward")
        assert stream["elsewhere_row"] == stream["candidate_set"] == case
        assert stream["choose"] == (CHOOSE_LEAST_LOADED, CHOOSE_ANY)[case]
    assert world.candidates.shape == (2, 98, 5)
    assert (world.candidates[0, sites.homes, 3:] == -1).all()


@pytest.mark.parametrize(
    "territory", [{}, {"citizens_live_in": "former_communes"}, {"structure": "four_level"}]
)
def test_candidates_are_the_nearest_other_communes_of_the_province(territory: dict[str, object]) -> None:
    run = built({"share": "5 %", "choose": "least_loaded"}, territory=QUANG_NGAI | territory, network={})
    world, sites = run.world, run.sites
    ways, communes = Ways(sites), sites.of_level("commune")
    for home in sites.homes[::17].tolist():
        others = communes[
            (communes != sites.seat_of[home]) & (sites.at_level[communes, 1] == sites.at_level[home, 1])
        ]
        metres = ways.metres(home, others)
        assert world.candidate_m[0, home].tolist() == sorted(metres.tolist())[:5]
        assert set(world.candidates[0, home]) <= set(others.tolist())


def test_the_nearest_is_one_commune_and_wards_near_work_are_wards() -> None:
    run = built(
        {"where": {"labels": ["rural"]}, "share": "5 %", "choose": "nearest"},
        {"share": "5 %", "choose": "ward_near_work"},
    )
    world, sites = run.world, run.sites
    assert set(world.streams["choose"][world.streams["elsewhere_row"] == 0]) == {CHOOSE_FIRST}
    assert (world.candidates[0, sites.homes, 0] >= 0).all() and (world.candidates[0, :, 1:] == -1).all()
    assert {sites.all[site].kind for site in world.candidates[1, sites.homes].ravel() if site >= 0} == {
        "ward"
    }


def test_a_single_commune_has_nowhere_else_to_go() -> None:
    alone = {"synthetic": {"provinces": 2, "communes_per_province": 1}}
    world = built({"share": "5 %", "choose": "least_loaded"}, territory=alone).world
    assert (world.candidates == -1).all() and (world.candidate_m == 0).all()


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"share": "rest", "choose": "nearest"}, "rest"),
        ({"share": "5 %", "choose": "nearest", "candidates": 3}, "candidates together with choose: nearest"),
        ({"share": "105 %", "choose": "nearest"}, 'found "105 %"'),
        ({"share": "5 %", "choose": "farthest"}, "ward_near_work"),
    ],
)
def test_a_case_that_makes_no_sense_is_refused(case: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Demand.model_validate({"filing_elsewhere": [case]})
