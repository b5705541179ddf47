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
    from sim.world.session_load import SessionLoad

BASE = "base"
HEADINGS = {"sites": "sites_column"}


def check(file: ScenarioFile, language: LanguageOption = Language.en, as_json: AsJson = False) -> None:
    """Find all mistakes in a scenario file; for one without mistakes, show its expected load.

    Names of places are checked once the rest is right.

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
    base = checked.loads[BASE]
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
    for sessions in base.sessions:
        screen.line(_session_words(screen, checked, "check.sessions", BASE, sessions))
    if len(checked.loads) > 1:
        _show_alternatives(screen, checked)
    for name in checked.loads:
        as_in_the_base = () if name == BASE else _warnings(screen, checked, BASE, named=name)
        for warning in _warnings(screen, checked, name, named=name):
            if warning not in as_in_the_base:
                screen.line(warning)


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
            "people": screen.number(pool.people),
            "work": screen.number(pool.work_hours_per_week),
            "utilisation": _percent(screen, pool.utilisation),
            "highest": _percent(screen, pool.highest.utilisation),
            "where": checked.site_names.get(pool.highest.site, pool.highest.site),
            "wait": "" if pool.mean_wait_minutes is None else screen.number(pool.mean_wait_minutes, 1),
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
            row[name] = f"{_percent(screen, pool.utilisation)} / {_percent(screen, pool.highest.utilisation)}"
    screen.table(screen.text("check.alternatives"), columns, list(highest.values()))


def _warnings(screen: Screen, checked: "Checked", alternative: str, named: str) -> list[str]:
    """What to know about an alternative, under a name: idle changes, and pools that are too full."""
    scenario = checked.study.scenarios[alternative]
    first, last = scenario.period.start, scenario.period.end
    found = []
    for name, change in scenario.changes.items():
        values = {"alternative": named, "change": name, "at": change.at, "until": change.until}
        if change.at > last:
            found.append(screen.text("check.change_too_late", end=last, **values))
        elif change.until is not None and change.until < first:
            found.append(screen.text("check.change_too_early", start=first, **values))
    pools = (_pool_warning(screen, checked, named, pool) for pool in checked.loads[alternative].pools)
    found += [warning for warning in pools if warning]
    return found + [
        _session_words(screen, checked, "check.sessions_full", named, sessions)
        for sessions in checked.loads[alternative].sessions
        if sessions.utilisation >= 1
    ]


def _session_words(
    screen: Screen, checked: "Checked", key: str, alternative: str, sessions: "SessionLoad"
) -> str:
    """The expected sessions in a system against its capacity."""
    return screen.text(
        key,
        alternative=alternative,
        system=sessions.system,
        site=checked.site_names.get(sessions.site, sessions.site),
        per_hour=sessions.per_hour,
        minutes=sessions.minutes,
        sessions=sessions.sessions,
        capacity=sessions.capacity,
        utilisation=_percent(screen, sessions.utilisation),
    )


def _pool_warning(screen: Screen, checked: "Checked", alternative: str, pool: "PoolLoad") -> str:
    """What to know about a pool; empty when nothing."""
    values: Mapping[str, object] = {
        "alternative": alternative,
        "pool": pool.pool,
        "sites": pool.sites,
        "site": checked.site_names.get(pool.highest.site, pool.highest.site),
        "highest": _percent(screen, pool.highest.utilisation),
    }
    if pool.sites_that_cannot_keep_up:
        key = "check.none_left" if pool.highest.people == 0 else "check.cannot_keep_up"
        return screen.text(key, count=pool.sites_that_cannot_keep_up, **values)
    if pool.sites_nearly_full:
        return screen.text("check.nearly_full", count=pool.sites_nearly_full, **values)
    return ""


def _percent(screen: Screen, share: float) -> str:
    return f"{screen.number(100 * share)} %" if math.isfinite(share) else "∞"


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
