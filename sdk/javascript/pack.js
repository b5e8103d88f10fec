// An example pack in JavaScript: one check that looks for large orders.
//
// It uses the contract, `sdk/wit/check.wit`, as it is: a record is an object with camelCase keys, a
// variant is `{ tag, val }`, an enum is a string, an option that is absent is null.

import { getParameters, getTarget } from "checkrun:check/context@0.1.0";
import { query } from "checkrun:check/database@0.1.0";
import { write } from "checkrun:check/log@0.1.0";

const largeOrders = {
  id: "large_orders",
  title: "Large orders",
  description: "Orders that somebody should look at before they are shipped.",
  tags: [],
  engines: [],
  parameters: [
    {
      name: "min_total",
      description: "From which total on an order is large.",
      kind: "number",
      required: false,
      default: { tag: "number", val: 1000 },
      choices: [],
    },
  ],
  metrics: [
    { name: "large_orders", description: "How many there are.", unit: "count", warning: "> 500", critical: null },
    { name: "total", description: "The total of one of the three largest.", unit: "EUR", warning: null, critical: null },
  ],
  privileges: ["GRANT SELECT ON orders TO monitor"],
  suggestedIntervalSeconds: 300,
  freeMetrics: false,
};

function lookForLargeOrders() {
  const minTotal = new Map(getParameters()).get("min_total").val;
  // PostgreSQL numbers its placeholders, the other engines do not.
  const placeholder = getTarget().engine === "postgresql" ? "$1" : "?";
  const values = [{ tag: "float64", val: minTotal }];

  const [{ n }] = rows(`select count(*) as n from orders where total >= ${placeholder}`, values);
  const largest = rows(
    `select id, total from orders where total >= ${placeholder} order by total desc, id limit 3`,
    values,
  );
  write("info", `${n} orders of at least ${minTotal}`);
  return {
    status: "ok",
    summary: `${n} large orders`,
    metrics: [
      { name: "large_orders", value: n, unit: "count", labels: [] },
      ...largest.map(({ id, total }) => ({
        name: "total",
        // Decimals are exact and therefore text.
        value: Number(total),
        unit: "EUR",
        labels: [["order", String(id)]],
      })),
    ],
    findings: largest.slice(0, 1).map(({ id, total }) => ({
      key: `order-${id}`,
      severity: "ok",
      title: `Order ${id} is the largest`,
      detail: `Its total is ${total}.`,
      subject: `order ${id}`,
      advice: "Call the customer.",
      reference: null,
      evidence: [["total", String(total)]],
    })),
  };
}

// The rows of a query as objects: column name to plain value.
function rows(sql, values) {
  const result = query(sql, values, { maxRows: null, timeoutMs: null });
  const names = result.columns.map((column) => column.name);
  return result.rows.map((row) => Object.fromEntries(row.map((value, at) => [names[at], value.val ?? null])));
}

export const checks = {
  describe() {
    return { name: "example-js", version: "0.1.0", description: "An example in JavaScript.", checks: [largeOrders] };
  },

  run(check) {
    switch (check) {
      case largeOrders.id:
        return lookForLargeOrders();
      default:
        throw { tag: "internal", val: `this pack has no check ${check}` };
    }
  },
};
