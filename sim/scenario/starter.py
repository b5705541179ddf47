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

_KIND_WORDS_VI: Final = {"commune": "xã", "ward": "phường"}

_HEAD: Final = """\
## {province}: {units}, about {inhabitants:,} inhabitants.
## Labels that `where:` can select by: {labels}.
##
## The question asked here: with one more person in every place, at the counter or for land,
## which helps more, and at what cost?
## Câu hỏi ở đây: thêm một người ở mỗi nơi, tại quầy hay làm đất đai,
## cách nào giúp nhiều hơn và tốn bao nhiêu?
##
## Everything that is not written here comes from haicap:two_level. What is written here is laid over it:
## keys are laid over one by one, lists and single values replace; !replace after a key replaces all below it.
## Lines with one # are offers: take the "# " away to use them. Lines with ## explain.
## Những gì không viết ở đây được lấy từ haicap:two_level; phần viết ở đây được đặt chồng lên đó.
## Dòng có một dấu # là gợi ý: bỏ "# " để dùng. Dòng có ## là giải thích.
##
##   haicap check FILE      finds mistakes, shows sites, pools and their expected load
##   haicap run FILE        runs the base and all alternatives, writes tables and a report
##   haicap compare FILE    tells what each alternative changes

name: {slug}
title: {{en: {title}, vi: {title}}}
extends: haicap:two_level

period:
  start: 2025-07-01
  end: 2025-12-31        # last day, included / ngày cuối, tính cả ngày này
replications: 10         # independent runs; more of them narrow the intervals / số lần chạy độc lập
seed: 20250701           # fixes all chance, the same for all alternatives / cố định yếu tố ngẫu nhiên

territory:
  provinces: [{title}]
  ## Inhabitants of communes are estimates. Your own numbers, in a table beside this file with the columns
  ## site,inhabitants (and province where names repeat), are named by `population_csv: inhabitants.csv`.
  ## Your own labels are written as `labels: {{pilot: [a commune, another]}}` and selected by
  ## `where: {{labels: [pilot]}}`.
  ## Dân số xã là ước tính; bảng số liệu riêng đặt cạnh tệp này và ghi tên ở population_csv.
  ##
  ## Citizens live in the former communes and go to the nearest counter (see at_old_seats below).
  ## Người dân sống ở các xã cũ và đến quầy gần nhất (xem at_old_seats bên dưới).
  # citizens_live_in: former_communes
  # reception_points:
  #   open: all
  #   closures: [{{at: 2025-10-01}}]

## People. The shipped base has a rule by population for every pool; a mapping here changes parts of it.
## Nhân sự. Mô hình cơ sở có quy tắc theo dân số cho mỗi vị trí; phần viết ở đây thay đổi từng phần của nó.
pools:
  reception:
    time_for_dossiers: 80 %      # of the day, as in the base / phần thời gian trong ngày, như mô hình cơ sở
    ## Posts, where the rule by population does not fit. The first case that fits a site counts;
    ## single ones are selected by `names:`.
    ## Số vị trí, nơi quy tắc theo dân số không đúng. Trường hợp đầu tiên khớp sẽ được dùng.
    # cases:
    #   - {{where: {{kinds: [ward]}}, headcount: {{inhabitants_per_post: 8000, at_least: 3}}}}
    ## Leave and illness, by chance, for each post on its own.
    ## Nghỉ phép và ốm đau, ngẫu nhiên cho từng người.
    # absences:
    #   leave: {{per_person_and_year: 3, lasts: 4 days, lasts_in: working_days}}
    #   illness: {{per_person_and_year: 1.5, lasts: 3 days, lasts_in: working_days}}
    ## Who does whose work when there is nothing of the own to do, or only while nobody is there.
    ## Ai làm thay ai khi rảnh, hoặc chỉ khi người kia vắng.
    # covers:
    #   certification_desk: {{speed: 90 %, only_when_absent: true}}
    ## New software: slower at first. / Phần mềm mới: ban đầu chậm hơn.
    # learning: {{from: 2025-07-01, starts_at: 80 %, half_time: 30 days}}
    ## Counters that old seats keep; only with citizens_live_in above. A table (`csv:`) names single ones.
    ## Quầy còn giữ ở trụ sở cũ; chỉ khi dùng citizens_live_in ở trên. Bảng (`csv:`) để ghi từng nơi.
    # at_old_seats: 1
  ## Copies are certified where they are handed in, so that an old seat needs these two as well.
  ## Chứng thực làm ngay tại nơi nộp, nên trụ sở cũ cần thêm hai vị trí này.
  # certification_desk: {{at_old_seats: 1}}
  # certifier: {{at_old_seats: 1}}

## Demand. Volumes of the base are calibrated on national figures of July and August 2025.
## Nhu cầu. Số lượng hồ sơ của mô hình cơ sở được hiệu chỉnh theo số liệu cả nước tháng 7 và 8/2025.
# demand:
#   volume_factor: 1.1     # ten percent more dossiers of every kind / thêm 10 % hồ sơ mọi loại

targets:
  on_time:
    title: {{en: On time, vi: Đúng hạn}}
    metric: on_time_share
    at_least: 95 %
    without: [certification]

## Each alternative is a patch of the scenario above and is compared with it on the same random numbers.
## Mỗi phương án là một phần vá lên kịch bản trên và được so sánh trên cùng các số ngẫu nhiên.
alternatives:
  one_more_post:
    title: {{en: One more person at the counter, vi: Thêm một người tại quầy}}
    description:
      en: One more reception post in every {kind}, from the first day.
      vi: Thêm một vị trí tiếp nhận ở mỗi {kind_vi}, từ ngày đầu.
    patch:
      changes:
        one_more_post:
          at: 2025-07-01
          pool: reception
          where: {{kinds: [{kind}]}}
          headcount: {{add: 1}}
  one_more_for_land:
    title: {{en: One more person for land, vi: Thêm một người làm đất đai}}
    description:
      en: One more specialist for land and construction in every {kind}, from the first day.
      vi: Thêm một công chức địa chính - xây dựng ở mỗi {kind_vi}, từ ngày đầu.
    patch:
      changes:
        one_more_for_land:
          at: 2025-07-01
          pool: land_specialist
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

    Lines with a single # are offers, valid as they stand once they are uncommented, all or each of them.
    An alternative with backup lines is offered where the province has mountain or island communes."""
    kinds, labels = facts["kinds"], facts["labels"]
    kind = "ward" if kinds.get("ward") else "commune"
    units = [f"{number} {_KIND_WORDS[kind][number != 1]}" for kind, number in kinds.items() if number]
    text = _HEAD.format(
        province=province_name,
        title=json.dumps(province_name, ensure_ascii=False),
        slug=slug,
        units=", ".join(units),
        inhabitants=facts["inhabitants"],
        labels=", ".join(f"{label} ({number})" for label, number in sorted(labels.items()) if number),
        kind=kind,
        kind_vi=_KIND_WORDS_VI[kind],
    )
    return text + _BACKUP if labels.get("mountain") or labels.get("island") else text
