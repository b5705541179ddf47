"""What `haicap init` writes is a valid study for every province of the country."""

import re
from collections import Counter

import pytest

from sim.scenario import load_text
from sim.scenario.starter import ProvinceFacts, starter_text
from sim.world.names import slug
from sim.world.territory import Province, load_territory

TERRITORY = load_territory()


def facts_of(province: Province) -> ProvinceFacts:
    communes = TERRITORY.communes_of(province.code)
    return {
        "kinds": dict(Counter(commune.kind for commune in communes)),
        "labels": dict(Counter(label for commune in communes for label in commune.labels)),
        "inhabitants": province.population,
    }


@pytest.mark.parametrize("province", TERRITORY.provinces, ids=lambda province: slug(province.name))
def test_the_starting_scenario_of_every_province_is_valid(province: Province) -> None:
    facts = facts_of(province)
    study = load_text(starter_text(province.name, slug(province.name), facts))
    assert study.base.territory.provinces == (province.name,)
    assert study.base.name == slug(province.name)
    assert "one_more_post" in study.alternatives
    hilly = facts["labels"].keys() & {"mountain", "island"}
    assert ("backup_everywhere" in study.alternatives) == bool(hilly)


def test_the_commented_parts_are_right_once_they_are_uncommented() -> None:
    province = next(p for p in TERRITORY.provinces if p.name == "Quảng Ngãi")
    text = starter_text(province.name, "quang_ngai", facts_of(province))
    blocks = text.split("\n\n")
    open_blocks = [re.sub(r"^# ( *[a-z-])", r"\1", b, flags=re.MULTILINE) for b in blocks[4:6]]
    open_blocks = [block.partition("\n")[2] for block in open_blocks]
    labels = "\n  labels:\n    pilot: [Sơn Hà, An Phú]"
    base = load_text("\n\n".join([*blocks[:3], blocks[3] + labels, *open_blocks, *blocks[6:]])).base
    assert base.demand.volume_factor == 1.1
    assert len(base.pools["reception"].cases) == 2
    assert base.territory.labels["pilot"] == ("Sơn Hà", "An Phú")
