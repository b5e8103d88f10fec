// A pack whose checks misbehave in the ways of JavaScript, or look around.

import { now } from "checkrun:check/context@0.1.0";
import { query } from "checkrun:check/database@0.1.0";

function withSummary(summary) {
  return { status: "ok", summary, metrics: [], findings: [] };
}

const bodies = {
  // Every way in which a query's values arrive, as JSON.
  types() {
    const sql =
      "select cast(7 as integer) as whole, 2.5 as part, 'Zoë' as name, null as empty";
    const { columns, rows } = query(sql, [], { maxRows: null, timeoutMs: null });
    return withSummary(JSON.stringify([columns.map(({ name }) => name), ...rows]));
  },
  uncaught() {
    const order = undefined;
    return withSummary(order.total);
  },
  thrown_text() {
    throw new Error("the moon is in the wrong phase");
  },
  // What a query throws is an error of the contract; not caught, it has to be told all the same.
  bad_sql() {
    query("select * from no_such_table", [], { maxRows: null, timeoutMs: null });
    return withSummary("not reached");
  },
  // What the README recommends instead.
  told() {
    try {
      query("select * from no_such_table", [], { maxRows: null, timeoutMs: null });
    } catch (error) {
      throw { tag: "database", val: error.payload };
    }
  },
  failure() {
    throw { tag: "not-applicable", val: "there are no replicas" };
  },
  wrong_report() {
    return { status: "splendid", summary: "?", metrics: [], findings: [] };
  },
  endless() {
    for (;;);
  },
  recursion() {
    const deeper = (n) => deeper(n + 1) + 1;
    return withSummary(String(deeper(0)));
  },
  memory() {
    const hoard = [];
    for (;;) hoard.push(new Uint8Array(1024 * 1024).fill(1));
  },
  promise() {
    return Promise.resolve(withSummary("later"));
  },
  surroundings() {
    const seen = ["require", "process", "fetch", "std", "os", "WebSocket", "Deno", "setTimeout"].filter(
      (name) => typeof globalThis[name] !== "undefined",
    );
    return withSummary(
      JSON.stringify({
        globals: seen,
        clockIsTheRuns: Math.abs(Date.now() - now() / 1000) < 1,
        zone: new Date().getTimezoneOffset(),
      }),
    );
  },
};

export const checks = {
  describe() {
    return {
      name: "hostile-js",
      version: "0.1.0",
      description: "Misbehaves.",
      checks: Object.keys(bodies).map((id) => ({
        id,
        title: id,
        description: "",
        tags: [],
        engines: [],
        parameters: [],
        metrics: [],
        privileges: [],
        suggestedIntervalSeconds: 60,
        freeMetrics: false,
      })),
    };
  },
  run: (check) => bodies[check](),
};
