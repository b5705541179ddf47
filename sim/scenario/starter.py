"""A commented scenario to begin with, for any province."""

import json
from typing import Final, TypedDict


class ProvinceFacts(TypedDict):
    """What the comments of a starting scenario say about a province.

    `kinds` counts its units by kind (commune, ward, special_zone) and `labels` by label; `inhabitants` is the
    whole province's number."""

    kinds: dict[str, int]
    labels: dict[str, int]
    inhabitants: int


_KIND_WORDS: Final = {
    "commune": ("commune", "communes"),
    "ward": ("ward", "wards"),
    "special_zone": ("special zone", "special zones"),
}

_HEAD: Final = """\
# {province}: {units}, about {inhabitants:,} inhabitants.
# Labels that `where:` can select by: {labels}.
#
# Everything that is not written here comes from haicap:two_level. What is written here is laid over it:
# keys are laid over one by one, lists and single values replace; !replace after a key replaces all below it.
# Những gì không viết ở đây được lấy từ haicap:two_level; phần viết ở đây được đặt chồng lên đó.
#
#   haicap check FILE      finds mistakes, shows sites, pools and their expected load
#   haicap run FILE        runs the base and all alternatives, writes tables and a report
#   haicap compare FILE    tells what each alternative changes

name: {slug}
title: {{en: {title}, vi: {title}}}
extends: haicap:two_level

period:
  start: 2025-07-01
  end: 2025-12-31        # last day, included
replications: 10         # independent runs; more of them narrow the intervals
seed: 20250701           # fixes all chance, the same for all alternatives

territory:
  provinces: [{title}]
  # Inhabitants of communes are estimates. Your own numbers, in a table beside this file with the columns
  # site,inhabitants (and province where names repeat):
  # population_csv: inhabitants.csv
  # Your own labels, to be used in `where: {{labels: [pilot]}}`:
  # labels:
  #   pilot: [name of a commune, name of another]

# Posts, where the rule by population does not fit. The first case that fits a site counts.
# pools:
#   reception:
#     cases:
#       - {{where: {{names: [name of a commune]}}, headcount: 5}}
#       - {{where: {{kinds: [ward]}}, headcount: {{inhabitants_per_post: 8000, at_least: 3}}}}

# Demand. Volumes of the base are calibrated on national figures of July and August 2025.
# demand:
#   volume_factor: 1.1   # ten percent more dossiers of every kind

targets:
  on_time:
    title: {{en: On time, vi: Đúng hạn}}
    metric: on_time_share
    at_least: 95 %
    without: [certification]

# Each alternative is a patch of the scenario above and is compared with it on the same random numbers.
alternatives:
  one_more_post:
    title: {{en: One more reception post, vi: Thêm một vị trí tiếp nhận}}
    patch:
      changes:
        one_more_post:
          at: 2025-07-01
          pool: reception
          where: {{kinds: [{kind}]}}
          headcount: {{add: 1}}
"""

_BACKUP: Final = """\
  backup_everywhere:
    title: {en: A mobile backup line for every commune, vi: Đường dự phòng di động cho mọi xã}
    patch:
      network:
        mobile_backup: {where: !replace {}}
"""


def starter_text(province_name: str, slug: str, facts: ProvinceFacts) -> str:
    """The text of a starting scenario for a province; `slug` becomes the name of the study.

    An alternative with backup lines is offered where the province has mountain or island communes."""
    kinds, labels = facts["kinds"], facts["labels"]
    units = [f"{number} {_KIND_WORDS[kind][number != 1]}" for kind, number in kinds.items() if number]
    text = _HEAD.format(
        province=province_name,
        title=json.dumps(province_name, ensure_ascii=False),
        slug=slug,
        units=", ".join(units),
        inhabitants=facts["inhabitants"],
        labels=", ".join(f"{label} ({number})" for label, number in sorted(labels.items()) if number),
        kind="ward" if kinds.get("ward") else "commune",
    )
    return text + _BACKUP if labels.get("mountain") or labels.get("island") else text
