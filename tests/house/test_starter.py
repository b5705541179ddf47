"""What `haicap init` writes is a valid study for every province, with and without its offers."""

import re
from collections import Counter

import pytest

from sim.scenario import load_text
from sim.scenario.starter import ProvinceFacts, starter_text
from sim.world.build import build
from sim.world.names import slug
from sim.world.territory import Province, load_territory

TERRITORY = load_territory()
OFFER = re.compile(r"^( *)# (.*)$", flags=re.MULTILINE)
"""A line with one # that stands alone on it."""


def facts_of(province: Province) -> ProvinceFacts:
    communes = TERRITORY.communes_of(province.code)
    return {
        "kinds": dict(Counter(commune.kind for commune in communes)),
        "labels": dict(Counter(label for commune in communes for label in commune.labels)),
        "inhabitants": province.population,
    }


def starter_of(province: Province) -> str:
    return starter_text(province.name, slug(province.name), facts_of(province))


def province_named(name: str) -> Province:
    return next(province for province in TERRITORY.provinces if province.name == name)


@pytest.mark.parametrize("province", TERRITORY.provinces, ids=lambda province: slug(province.name))
def test_the_starting_scenario_of_every_province_is_valid(province: Province) -> None:
    study = load_text(starter_of(province))
    assert study.base.territory.provinces == (province.name,)
    assert study.base.name == slug(province.name)
    assert {"one_more_post", "one_more_for_land"} <= set(study.alternatives)
    hilly = facts_of(province)["labels"].keys() & {"mountain", "island"}
    assert ("backup_everywhere" in study.alternatives) == bool(hilly)


@pytest.mark.parametrize("province", TERRITORY.provinces, ids=lambda province: slug(province.name))
def test_every_offer_is_right_once_it_is_uncommented(province: Province) -> None:
    base = load_text(OFFER.sub(r"\1\2", starter_of(province))).base
    assert base.demand.volume_factor == 1.1
    assert base.territory.citizens_live_in == "former_communes"
    reception = base.pools["reception"]
    assert len(reception.cases) == 1 and set(reception.absences) == {"leave", "illness"}
    assert reception.covers and reception.learning and reception.at_old_seats


def test_the_offers_fit_the_land_of_a_province() -> None:
    built = build(load_text(OFFER.sub(r"\1\2", starter_of(province_named("Quảng Ngãi")))).base)
    assert (built.world.desk_of != built.world.seat_of).any()


def test_the_question_and_every_explanation_is_there_in_both_languages() -> None:
    text = starter_of(province_named("Huế"))
    assert "which helps more" in text and "cách nào giúp nhiều hơn" in text
    explained = re.findall(r"^ *## (.+)$", text, flags=re.MULTILINE)
    vietnamese = [line for line in explained if re.search("[ạảấầẩậắặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửựỳỵỷỹ]", line)]
    assert len(vietnamese) >= 12
