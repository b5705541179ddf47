"""Durations and shares that vary by chance. Every parameter has a name and a unit."""

from typing import Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import Model, Number, Whole, quoted, refusal, require_exactly_one
from sim.scenario.schema.tables import CsvTable, numbers_of_column, require_columns
from sim.scenario.schema.units import MS_PER_UNIT, Duration, PositiveDuration, Ratio

CV = "Coefficient of variation: standard deviation / mean; above zero."


class Constant(Model):
    """Always the same duration."""

    value: Duration = Field(description="The duration.")


class Exponential(Model):
    """Exponential distribution, the memoryless one: its coefficient of variation is 100 %."""

    mean: PositiveDuration = Field(description="Mean.")


class Lognormal(Model):
    """Lognormal distribution: many short, few very long."""

    mean: PositiveDuration = Field(description="Mean of the duration (not of its logarithm).")
    cv: Ratio = Field(description=CV, gt=0)


class Gamma(Model):
    """Gamma distribution."""

    mean: PositiveDuration = Field(description="Mean.")
    cv: Ratio = Field(description=CV, gt=0)


def require_below(low: float, high: float) -> None:
    """Refuses limits that are not in order."""
    if low >= high:
        raise refusal("low is not below high", "low < high")


def require_mode_between(low: float, mode: float, high: float) -> None:
    """Refuses a mode outside its limits, and limits that are the same."""
    if not low <= mode <= high or low == high:
        raise refusal("low, mode and high are not in order", "low <= mode <= high and low < high")


class Uniform(Model):
    """Every duration between two limits is equally likely."""

    low: Duration = Field(description="Shortest.")
    high: Duration = Field(description="Longest.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        require_below(self.low, self.high)
        return self


class Triangular(Model):
    """Between two limits, most likely at the mode."""

    low: Duration = Field(description="Shortest.")
    mode: Duration = Field(description="Most likely.")
    high: Duration = Field(description="Longest.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        require_mode_between(self.low, self.mode, self.high)
        return self


class Erlang(Model):
    """Sum of equal exponential phases."""

    mean: PositiveDuration = Field(description="Mean of the whole.")
    phases: Whole = Field(description="Number of phases.", ge=1, le=1000)


class Hyperexponential(Model):
    """Mixture of two exponentials with balanced means: more variable than one exponential."""

    mean: PositiveDuration = Field(description="Mean.")
    cv: Ratio = Field(description="Coefficient of variation: standard deviation / mean; above 100 %.", gt=1)


class Data(Model):
    """Measured durations in a column of a CSV file, drawn from as they are."""

    csv: CsvTable = Field(description="CSV file in the scenario's folder.")
    column: str = Field(description="Name of the column.")
    unit: Literal["ms", "s", "min", "h", "day"] = Field(description="Unit of the column's numbers.")

    @model_validator(mode="after")
    def _column_holds_durations(self) -> Self:
        require_columns(self.csv, (self.column,), self.csv.columns)
        if not self.csv.rows:
            raise refusal("the table has no rows", "at least one measured duration")
        numbers_of_column(self.csv, self.column, highest=1e9)
        return self

    @property
    def values_ms(self) -> tuple[int, ...]:
        """The measured durations in milliseconds, in the order of the file."""
        return tuple(round(float(text) * MS_PER_UNIT[self.unit]) for text in self.csv.column(self.column))


class Scipy(Model):
    """Any continuous distribution of scipy.stats, by name, scaled to the mean given."""

    name: str = Field(description="Name in scipy.stats, such as weibull_min.", max_length=40)
    parameters: dict[str, Number] = Field({}, description="Its shape parameters by name.")
    mean: PositiveDuration = Field(description="Mean after scaling.")

    @model_validator(mode="after")
    def _scipy_knows_it(self) -> Self:
        _require_scipy_distribution(self.name, self.parameters)
        return self

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.parameters.items())), self.mean))


def _require_scipy_distribution(name: str, parameters: dict[str, float]) -> None:
    # Imported here: scipy.stats takes half a second, and few scenarios name one of its distributions.
    import math
    from difflib import get_close_matches

    from scipy import stats

    law = getattr(stats, name, None)
    if not isinstance(law, stats.rv_continuous):
        known = [n for n in dir(stats) if isinstance(getattr(stats, n), stats.rv_continuous)]
        near = get_close_matches(name, known, n=1)
        raise refusal(
            f"{quoted(name)} is not a continuous distribution of scipy.stats",
            "a name such as weibull_min",
            f'did you mean "{near[0]}"?' if near else "",
        )
    shapes = [shape.strip() for shape in law.shapes.split(",")] if law.shapes else []
    if set(parameters) != set(shapes):
        raise refusal(f"parameters {', '.join(parameters) or 'none'}", ", ".join(shapes) or "no parameters")
    mean, lowest = float(law.mean(**parameters)), float(law.support(**parameters)[0])
    if not 0 < mean < math.inf or lowest < 0:
        raise refusal(
            f"{name} with these parameters has mean {mean:g} and lowest value {lowest:g}",
            "a positive distribution with a finite mean",
        )


Law = (
    Constant
    | Exponential
    | Lognormal
    | Gamma
    | Uniform
    | Triangular
    | Erlang
    | Hyperexponential
    | Data
    | Scipy
)


class Distribution(Model):
    """A duration that varies by chance: a plain duration (constant), or exactly one of the kinds below."""

    constant: Constant | None = Field(None, description="Always the same; a plain duration means this.")
    exponential: Exponential | None = Field(None, description="Exponential.")
    lognormal: Lognormal | None = Field(None, description="Lognormal.")
    gamma: Gamma | None = Field(None, description="Gamma.")
    uniform: Uniform | None = Field(None, description="Uniform between two limits.")
    triangular: Triangular | None = Field(None, description="Triangular.")
    erlang: Erlang | None = Field(None, description="Erlang.")
    hyperexponential: Hyperexponential | None = Field(None, description="Hyperexponential.")
    data: Data | None = Field(None, description="Measured values from a CSV file.")
    scipy: Scipy | None = Field(None, description="A distribution of scipy.stats.")

    @model_validator(mode="before")
    @classmethod
    def _plain_duration_is_constant(cls, data: Any) -> Any:
        return data if isinstance(data, (dict, Distribution)) else {"constant": {"value": data}}

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        require_exactly_one(self, type(self).model_fields)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain = {"type": "string", "title": "duration", "examples": ["15 min"]}
        return {"anyOf": [plain, handler.resolve_ref_schema(handler(schema))]}

    @property
    def kind(self) -> str:
        """Name of the kind that is given, such as `lognormal`."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def law(self) -> Law:
        """The parameters of the kind that is given."""
        law: Law = getattr(self, self.kind)
        return law


class ShareUniform(Model):
    """Every share between two limits is equally likely."""

    low: Ratio = Field(description="Lowest.")
    high: Ratio = Field(description="Highest; may be above 100 %.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        require_below(self.low, self.high)
        return self


class ShareTriangular(Model):
    """A share between two limits, most likely at the mode."""

    low: Ratio = Field(description="Lowest.")
    mode: Ratio = Field(description="Most likely.")
    high: Ratio = Field(description="Highest; may be above 100 %.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        require_mode_between(self.low, self.mode, self.high)
        return self


class ShareDistribution(Model):
    """A share that varies by chance: a plain share (constant), or exactly one of the kinds below."""

    constant: Ratio | None = Field(None, description="Always the same; a plain share means this.")
    uniform: ShareUniform | None = Field(None, description="Uniform between two limits.")
    triangular: ShareTriangular | None = Field(None, description="Triangular.")

    @model_validator(mode="before")
    @classmethod
    def _plain_share_is_constant(cls, data: Any) -> Any:
        return data if isinstance(data, (dict, ShareDistribution)) else {"constant": data}

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        require_exactly_one(self, type(self).model_fields)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain = {"type": ["string", "number"], "title": "share", "examples": ["50 %"]}
        return {"anyOf": [plain, handler.resolve_ref_schema(handler(schema))]}
