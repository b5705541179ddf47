"""Four communes of two provinces with a phase of every content; text, because phases are read from files."""

from sim.scenario import load_text
from sim.scenario.schema import Scenario

HEAD = """
name: phased
extends: haicap:two_level
period: {start: 2025-07-07, end: 2025-07-27}
seed: 11
territory:
  provinces: [Huế, Quảng Trị]
  only: {names: [Đông Hà, Khe Sanh, Thuận Hóa, A Lưới 1]}
demand: {volume_factor: 0.5}
systems:
  old_system: &filed_over
    hosted_at: province
    sessions:
      capacity: 1
      lasts: 12 min
      waits_at_most: 10 min
      then: {retry: {share: 60 %, after: 30 min}, give_up: 40 %}
  new_system: *filed_over
workflows:
  commune_same_day: {steps: {reception: {needs: [provincial_dossier_system, old_system]}}}
  commune_standard: {steps: {reception: {needs: [provincial_dossier_system, old_system]}}}
support:
  problems:
    device:
      rate: {per_site_and_year: 200}
      effect: {pools: [reception], slower: 2}
      on_site: {takes: 1 h}
      alone: 5 h
  teams: {mobile: {number: 0, people: 2, calendar: office}}
"""
CUTS = """
outages:
  cuts:
    links: [commune_line]
    random: {time_between_failures: {exponential: {mean: 20 h}}, time_to_repair: 1 h}
"""
EVERYTHING = (
    CUTS
    + """
channels: {online: {files_over: old_system}}
phases:
  first:
    at: 2025-07-09
    stagger: &one_by_one {by: [Quảng Trị, Huế], every: 7 days}
    change:
      workflows: {commune_same_day: {steps: {reception: {touch_time_factors: {online: 0.1, assisted: 0.5}}}}}
      systems: {old_system: {replaced_by: new_system, downtime: 20 h}}
      network: {commune_line: {bandwidth: 2 Mbps, latency: 90 ms}}
      problems: {device: {falls_to: 10 %}}
      teams: {mobile: {number: 2}}
      outages: {cuts: {falls_to: 20 %}}
  for_a_time:
    at: 2025-07-09
    lasts: 5 days
    stagger: *one_by_one
    change: {pools: {reception: {headcount: {add: 1}, speed: {multiply: 0.8}}}}
  second:
    at: 2025-07-18
    change: {procedures: {birth_registration: {steps: {signature: {touch_time: 1 min}}}}}
"""
)


def phased(phases: str = EVERYTHING, more: str = "") -> Scenario:
    """The scenario with some phases; '' is none of them."""
    return load_text(HEAD + more + phases).base
