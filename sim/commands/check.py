"""`haicap check`: mistakes in a scenario, and what it asks of its people."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sim.commands.exits import told_plainly
from sim.commands.options import AsJson, Language, LanguageOption, ScenarioFile
from sim.commands.output import Column, Screen

if TYPE_CHECKING:
    from sim.study import Checked
    from sim.world.load import Load, PoolLoad

HEADINGS = {"sites": "sites_column"}


def check(file: ScenarioFile, language: LanguageOption = Language.en, as_json: AsJson = False) -> None:
    """Find all mistakes in a scenario file; for one without mistakes, show its expected load.

    The load is queueing arithmetic: means over the whole run, nothing is simulated.

    Examples:

        haicap check scenarios/quang_ngai.yaml

        haicap check my.yaml --json
    """
    screen = Screen(language, as_json)
    with told_plainly(screen):
        from sim.scenario.errors import ScenarioError
        from sim.study import check as check_study

        try:
            checked = check_study(file)
        except ScenarioError as error:
            screen.json({"valid": False, "mistakes": [mistake._asdict() for mistake in error.mistakes]})
            raise
        screen.json(_as_json(checked))
        _show(screen, checked)
        screen.say("cli.next", command=f'haicap run "{file}"')


def _show(screen: Screen, checked: "Checked") -> None:
    base = checked.loads["base"]
    screen.say("check.valid", name=checked.study.base.name, alternatives=len(checked.loads) - 1)
    screen.say("check.sites", communes=base.communes, people=round(base.inhabitants), days=base.working_days)
    screen.say(
        "check.demand",
        dossiers=round(base.demand.in_run),
        handed_over=round(base.demand.handed_over),
        per_day=base.demand.per_working_day,
        per_commune=base.demand.per_commune,
        per_1000=base.demand.per_1000_inhabitants,
    )
    _show_pools(screen, checked, base)
    if len(checked.loads) > 1:
        _show_alternatives(screen, checked)
    for name, load in checked.loads.items():
        for pool in load.pools:
            _warn(screen, checked, name, pool)


def _show_pools(screen: Screen, checked: "Checked", load: "Load") -> None:
    keys = ("pool", "sites", "people", "work", "utilisation", "highest", "where", "wait")
    columns = [
        Column(key, screen.text(f"check.{HEADINGS.get(key, key)}"), key not in ("pool", "where"))
        for key in keys
    ]
    rows = [
        {
            "pool": pool.pool,
            "sites": pool.sites,
            "people": f"{pool.people:,.0f}",
            "work": f"{pool.work_hours_per_week:,.0f}",
            "utilisation": _percent(pool.utilisation),
            "highest": _percent(pool.highest.utilisation),
            "where": checked.site_names.get(pool.highest.site, pool.highest.site),
            "wait": "" if pool.mean_wait_minutes is None else f"{pool.mean_wait_minutes:,.1f}",
        }
        for pool in load.pools
    ]
    screen.table(screen.text("check.title"), columns, rows)


def _show_alternatives(screen: Screen, checked: "Checked") -> None:
    """Highest utilisation of every kind of pool under every alternative."""
    columns = [Column("pool", screen.text("check.pool"))]
    columns += [Column(name, name, is_number=True) for name in checked.loads]
    highest: dict[str, dict[str, str]] = {}
    for name, load in checked.loads.items():
        for pool in load.pools:
            row = highest.setdefault(pool.pool, {"pool": pool.pool})
            row[name] = f"{_percent(pool.utilisation)} / {_percent(pool.highest.utilisation)}"
    screen.table(screen.text("check.alternatives"), columns, list(highest.values()))


def _warn(screen: Screen, checked: "Checked", alternative: str, pool: "PoolLoad") -> None:
    values: Mapping[str, object] = {
        "alternative": alternative,
        "pool": pool.pool,
        "site": checked.site_names.get(pool.highest.site, pool.highest.site),
        "highest": _percent(pool.highest.utilisation),
    }
    if pool.sites_that_cannot_keep_up:
        screen.say("check.cannot_keep_up", count=pool.sites_that_cannot_keep_up, sites=pool.sites, **values)
    elif pool.sites_nearly_full:
        screen.say("check.nearly_full", count=pool.sites_nearly_full, sites=pool.sites, **values)


def _percent(share: float) -> str:
    return f"{100 * share:,.0f} %" if math.isfinite(share) else "∞"


def _as_json(checked: "Checked") -> dict[str, Any]:
    loads = {name: asdict(load) | {"can_keep_up": load.can_keep_up} for name, load in checked.loads.items()}
    return {"valid": True, "name": checked.study.base.name, "load": _finite(loads)}


def _finite(value: Any) -> Any:
    """The value with null for what JSON cannot say."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, (list, tuple)) else value
