"""The systems of the shipped base: those that the model names, who runs them, and who needs them."""

from collections import Counter

from sim.scenario.reader import load_text
from sim.world.build import Built, build
from sim.world.territory import load_territory

HEAD = """
name: shipped
extends: {base}
period: {{start: 2025-07-01, end: 2025-07-31}}
seed: 1
territory: {{provinces: {provinces}}}
"""


def shipped(provinces: str = "[Quảng Trị]", base: str = "haicap:two_level") -> Built:
    return build(load_text(HEAD.format(provinces=provinces, base=base)).base)


def test_every_system_that_the_model_names_is_needed_by_some_step_of_the_base() -> None:
    built = shipped()
    steps, systems = built.world.steps, built.control_plan.systems
    used = set()
    for field in ("needs", "eased_by", "tells"):
        masks = [int(mask) for mask in steps[field]]
        used |= {name for bit, name in enumerate(systems.name) if any(mask >> bit & 1 for mask in masks)}
    below = {systems.name[each] for needs in systems.needs for each in needs}
    assert set(systems.name) - used - below == set()
    assert {"data_exchange", "document_axis", "payment_platform", "land_software"} <= used | below


def test_sign_on_is_a_common_dependency_of_the_portal_and_of_payment() -> None:
    systems = shipped().control_plan.systems
    number = {name: bit for bit, name in enumerate(systems.name)}

    def needs(name: str) -> set[str]:
        direct = {systems.name[each] for each in systems.needs[number[name]]}
        return direct.union(*map(needs, direct))

    assert "vneid" in needs("national_portal") & needs("payment_platform")
    assert "land_software" in needs("land_database")


def test_one_vendor_runs_26_provinces_others_two_and_one_and_five_stand_alone() -> None:
    everywhere = ", ".join(f'"{province.name}"' for province in load_territory().provinces)
    systems = shipped(f"[{everywhere}]").control_plan.systems
    hosts = systems.vendor[systems.name.index("provincial_dossier_system")]
    counts = Counter(systems.vendor_name[vendor] for vendor in hosts[1:35].tolist() if vendor >= 0)
    assert counts == {"vendor_a": 26, "vendor_b": 2, "vendor_c": 1}


def test_consultations_between_levels_need_the_document_axis() -> None:
    built = shipped()
    bit = built.names.systems.index("document_axis")
    for name in ("consultation", "escalation", "confirmation"):
        steps = [step for step, each in enumerate(built.names.steps) if each == name]
        assert steps
        assert all(int(built.world.steps["needs"][step]) >> bit & 1 for step in steps)


def test_results_are_told_to_the_provincial_system_over_the_exchange_platform() -> None:
    built = shipped()
    names = built.names
    told = (1 << names.systems.index("provincial_dossier_system")) | (
        1 << names.systems.index("data_exchange")
    )
    returns = [step for step, name in enumerate(names.steps) if name == "return_result"]
    assert len(returns) > 20
    assert {int(built.world.steps["tells"][step]) for step in returns} == {told}


def test_the_base_with_sessions_is_the_base_and_a_portal_of_finite_capacity() -> None:
    plain, filed = shipped(), shipped(base="haicap:sessions")
    assert len(filed.world.pools) == len(plain.world.pools) + 1
    online = filed.names.channels.index("online")
    assert filed.world.steps["is_session"][filed.world.entry_step[:, online]].all()
    assert filed.world.streams["per_day"].tolist() == plain.world.streams["per_day"].tolist()
