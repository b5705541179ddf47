"""Published figures that the model is compared with, each with its source.

The letter behind a source is its reliability: A legal text or official letter, B official figure in the state
press, C one site or one spokesperson. `der` means derived from it by arithmetic.
"""

import datetime
from typing import Final

FIRST_DAY: Final = datetime.date(2025, 7, 1)
LAST_DAY_OF_THE_COUNT: Final = datetime.date(2025, 8, 19)
LAST_DAY_OF_THE_FIRST_WEEK: Final = datetime.date(2025, 7, 7)

DOSSIERS: Final = 4.4e6
PER_UNIT_AND_WORKING_DAY: Final = 36.8
PER_1000_AND_WORKING_DAY: Final = 1.09
COUNT_SOURCE: Final = "state press, 1 July to 19 August 2025 (B, der)"

ONLINE_SHARE: Final = 0.747
ONLINE_SHARE_SOURCE: Final = "state press, 1 July to 19 August 2025 (B)"
ONLINE_SHARE_OF_FIRST_DAYS: Final = (0.57, 0.597, 0.593)
FIRST_DAYS_SOURCE: Final = "state press, 1 to 3 July 2025 (B)"

FIRST_WEEK: Final = {"Trương Quang Trọng": 137, "An Phú": 350}
FIRST_WEEK_SOURCE: Final = "press, first week of July 2025 (B)"

WARD_COUNTER_MIX: Final = {"household_business": 0.19, "civil_status": 0.13, "land": 0.04}
WARD_COUNTER_SOURCE: Final = "Vũng Tàu ward, July 2025 (C)"
CERTIFICATION_OF_COUNTER: Final = (0.60, 0.85)
CERTIFICATION_SOURCE: Final = "Vũng Tàu 60 %, Kiến An 85 %, July 2025 (C)"
IN_PERSON_PER_1000: Final = (1.2, 2.8)
IN_PERSON_SOURCE: Final = (
    "eight units, 51,000 to 204,000 inhabitants, 130 to 500 visitors a day, July 2025 (C, der)"
)
HALF_YEAR_OF_QUANG_NGAI: Final = 600_000
HALF_YEAR_SOURCE: Final = "national rate for 2.16 million inhabitants, and as much certification (der)"
