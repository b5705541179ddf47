"""How a dossier parts and its parts join again in the naive engine: what each takes from the other (E45)."""

from sim.engine.reference_dossier import Dossier
from sim.world.arrays import ELECTRONIC, MOST_PARTS, ON_PAPER, REFUSED


def part_of(dossier: Dossier, place: int, now: int) -> Dossier:
    """The part of a dossier at this place, from 1: a copy that owes nothing, filed now where it is."""
    return Dossier(
        number=dossier.number + place,
        key=dossier.key,
        filed_ms=now,
        home=dossier.home,
        area=dossier.area,
        procedure=dossier.procedure,
        filed_on=dossier.filed_on,
        channel=dossier.channel,
        group=dossier.group,
        medium=dossier.medium,
        desk=dossier.desk,
        travel_m=dossier.travel_m,
        site=dossier.site,
        step=dossier.step,
        due_ms=dossier.due_ms,
        traits=dossier.traits,
        round=dossier.round,
        marks=set(dossier.marks),
        # One list for all: what happens to a part is counted at its dossier.
        happened=dossier.happened,
        parent=dossier,
    )


def note_joining(dossier: Dossier, part: Dossier) -> None:
    """Notes at the dossier what a part brings back."""
    dossier.parts_left -= 1
    dossier.last_part = part.number & MOST_PARTS
    dossier.a_part_was_refused |= part.ended_as == REFUSED
    dossier.a_part_is_on_paper |= part.medium == ON_PAPER
    dossier.owes_back_entry |= part.owes_back_entry


def begin_parting(dossier: Dossier, parts: int) -> None:
    """From now on so many parts are under way, and nothing is known of them."""
    dossier.parts_left = parts
    dossier.a_part_was_refused = dossier.a_part_is_on_paper = False


def medium_after_joining(dossier: Dossier) -> int:
    """The medium of a dossier whose parts have all joined."""
    return ON_PAPER if dossier.a_part_is_on_paper else ELECTRONIC
