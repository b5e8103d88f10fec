"""An example pack in Python: one check that looks for large orders.

It uses the contract, `sdk/wit/check.wit`, as it is; `componentize-py` makes the module `wit_world`
from it. A record is a dataclass, each case of a variant is one too, an enum is an `Enum`.
"""

from typing import Any

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.checks import CheckInfo, MetricSpec, PackInfo, ParameterKind, ParameterSpec
from wit_world.imports import context, database, log
from wit_world.imports.report import Failure_Internal, Finding, Metric, Report, Status
from wit_world.imports.sql import Value, Value_Float64, Value_Null

LARGE_ORDERS = CheckInfo(
    id="large_orders",
    title="Large orders",
    description="Orders that somebody should look at before they are shipped.",
    tags=[],
    engines=[],
    parameters=[
        ParameterSpec(
            name="min_total",
            description="From which total on an order is large.",
            kind=ParameterKind.NUMBER,
            required=False,
            default=context.ParameterValue_Number(1000.0),
            choices=[],
        )
    ],
    metrics=[
        MetricSpec("large_orders", "How many there are.", "count", warning="> 500", critical=None),
        MetricSpec("total", "The total of one of the three largest.", "EUR", warning=None, critical=None),
    ],
    privileges=["GRANT SELECT ON orders TO monitor"],
    suggested_interval_seconds=300,
    free_metrics=False,
)


def look_for_large_orders() -> Report:
    min_total = dict(context.get_parameters())["min_total"].value
    # PostgreSQL numbers its placeholders, the other engines do not.
    placeholder = "$1" if context.get_target().engine == context.Engine.POSTGRESQL else "?"
    values = [Value_Float64(min_total)]

    [counted] = rows(f"select count(*) as n from orders where total >= {placeholder}", values)
    largest = rows(
        f"select id, total from orders where total >= {placeholder} order by total desc, id limit 3",
        values,
    )
    log.write(log.Level.INFO, f"{counted['n']} orders of at least {min_total}")
    return Report(
        status=Status.OK,
        summary=f"{counted['n']} large orders",
        metrics=[
            Metric("large_orders", float(counted["n"]), "count", labels=[]),
            # Decimals are exact and therefore text.
            *(Metric("total", float(row["total"]), "EUR", labels=[("order", str(row["id"]))]) for row in largest),
        ],
        findings=[
            Finding(
                key=f"order-{row['id']}",
                severity=Status.OK,
                title=f"Order {row['id']} is the largest",
                detail=f"Its total is {row['total']}.",
                subject=f"order {row['id']}",
                advice="Call the customer.",
                reference=None,
                evidence=[("total", str(row["total"]))],
            )
            for row in largest[:1]
        ],
    )


def rows(sql: str, values: list[Value]) -> list[dict[str, Any]]:
    """The rows of a query: column name to plain value."""
    result = database.query(sql, values, database.QueryOptions(max_rows=None, timeout_ms=None))
    names = [column.name for column in result.columns]
    return [dict(zip(names, map(plain, row))) for row in result.rows]


def plain(value: Value) -> Any:
    return None if isinstance(value, Value_Null) else value.value


class Checks(exports.Checks):
    def describe(self) -> PackInfo:
        return PackInfo("example-py", "0.1.0", "An example in Python.", [LARGE_ORDERS])

    def run(self, check: str) -> Report:
        if check == LARGE_ORDERS.id:
            return look_for_large_orders()
        raise Err(Failure_Internal(f"this pack has no check {check}"))
