"""Sessions: how many citizens can file over a system at the same time, and what those do who cannot."""

from typing import Final, Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, Whole, refusal
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.paths import percent
from sim.scenario.schema.units import Share

MOST_SESSIONS: Final = 200_000


class TryAgain(Model):
    """Citizens who try again on the same way."""

    share: Share = Field(description="Share of those whose session timed out.")
    after: Distribution = Field(description="Time until then, round the clock.")


class GoToCounter(Model):
    """Citizens who file in another way instead."""

    share: Share = Field(description="Share of those whose session timed out.")
    after: Distribution = Field(description="Time until they come, round the clock.")
    channel: Name = Field(description="Channel on which they then file, such as the counter.")


class TimedOut(Model):
    """What citizens do whose session timed out; the shares make 100 % together."""

    retry: TryAgain | None = Field(None, description="They try again.")
    counter: GoToCounter | None = Field(None, description="They go to the counter.")
    give_up: Share = Field(0.0, description="Share of those who give up; the dossier is withdrawn.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.give_up + sum(each.share for each in (self.retry, self.counter) if each is not None)
        if abs(total - 1) > 1e-9:
            raise refusal(f"the shares make {percent(total)} together", "shares that make 100 % together")
        if self.retry is not None and self.retry.share >= 1 - 1e-9:
            raise refusal("everybody tries again for ever", "a share of retry below 100 %")
        return self


class Sessions(Model):
    """Sessions in which dossiers are filed over a system; in a full or lost system they wait and time out."""

    capacity: Whole = Field(description="Sessions at the same time, at each host.", ge=1, le=MOST_SESSIONS)
    lasts: Distribution = Field(description="How long a session takes.")
    waits_at_most: Distribution = Field(
        description="How long a citizen waits for the page before the session times out."
    )
    then: TimedOut = Field(description="What citizens do after that.")
